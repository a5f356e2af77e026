namespace EndToEnd.Clients;

[Collection(RealClients.Name)]
public sealed class OpenAiTests(PlainClientsFixture clients) : OpenAiChecks(clients);
