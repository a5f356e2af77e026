using EndToEnd.Nodes;

namespace EndToEnd.Clients;

[Collection(RealClients.Name)]
public sealed class JavaScriptTests(PlainClientsFixture clients, NodeClients node) : JavaScriptChecks(clients, node);
