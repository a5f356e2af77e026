using EndToEnd.Clients;
using EndToEnd.Nodes;

namespace EndToEnd.Levers;

[Collection(LeverClients.Name)]
public sealed class JavaScriptLeverTests(LeverClientsFixture clients, NodeClients node) : JavaScriptChecks(clients, node)
{
    [Theory]
    [InlineData("plain")]
    [InlineData("stream")]
    public async Task AStoredAnswerServesBothFormsToEachSdk(string first)
    {
        var key = await Clients.Gateway.CreateKeyAsync("recall-" + first);
        AssertAllHeld(await Node.RunAsync("recall.mjs", Endpoint, key.Token, first), atLeast: 9);

        var entries = await Clients.BooksOfAsync(key);
        // Each answer was asked for once and given three times.
        Assert.Equal(entries.Count, 3 * entries.Count(e => e.Outcome == "completed"));
        Assert.All(entries.Where(e => e.Outcome == "answered_locally"), e => Assert.True(e is { CostUsd: 0, BaselineUsd: > 0 }, e.InvocationId));
    }
}
