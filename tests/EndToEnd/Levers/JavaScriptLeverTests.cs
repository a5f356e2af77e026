using EndToEnd.Clients;
using EndToEnd.Nodes;

namespace EndToEnd.Levers;

[Collection(LeverClients.Name)]
public sealed class JavaScriptLeverTests(LeverClientsFixture clients, NodeClients node) : JavaScriptChecks(clients, node);
