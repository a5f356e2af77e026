using EndToEnd.Clients;

namespace EndToEnd.Levers;

[Collection(LeverClients.Name)]
public sealed class OpenAiLeverTests(LeverClientsFixture clients) : OpenAiChecks(clients);
