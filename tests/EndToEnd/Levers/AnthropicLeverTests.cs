using EndToEnd.Clients;

namespace EndToEnd.Levers;

[Collection(LeverClients.Name)]
public sealed class AnthropicLeverTests(LeverClientsFixture clients) : AnthropicChecks(clients);
