namespace EndToEnd.Clients;

[Collection(RealClients.Name)]
public sealed class AnthropicTests(PlainClientsFixture clients) : AnthropicChecks(clients);
