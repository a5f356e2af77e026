using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Recalling;
using Sluice.Gateway.Tests.Harness;
using static Sluice.Gateway.Tests.Harness.Questions;

namespace Sluice.Gateway.Tests.Levers.Planning;

public sealed class PlanStageTests
{
    private static readonly LeverOptions On = new LeverOptions().With(Lever.Recall, LeverMode.On);

    [Fact]
    public async Task TheControlGroupIsLeftAloneAndSaysSo()
    {
        using var gateway = new LeverHarness(new LeverSettings { Default = On, ControlShare = 1 });
        await gateway.CallAsync(Converse());
        var record = (await gateway.CallAsync(Converse())).Record;

        Assert.Equal(2, gateway.Upstream.Arrivals.Count);
        Assert.True(record.Control);
        Assert.Empty(record.Decisions);
        Assert.Equal(record.Cost, record.Baseline);
    }

    [Fact]
    public async Task TheShareIsDrawnByConversation()
    {
        using var gateway = new LeverHarness(new LeverSettings { Default = On, ControlShare = 0.1 });
        var control = 0;
        for (var i = 0; i < 2_000; i++)
        {
            var first = (await gateway.CallAsync(Turn(i, 0))).Record;
            var second = (await gateway.CallAsync(Turn(i, 1))).Record;
            Assert.Equal((first.Control, first.Conversation), (second.Control, second.Conversation));
            control += first.Control ? 1 : 0;
        }

        // Four standard deviations of a binomial draw of 2,000 at 0.1 are 54.
        Assert.InRange(control, 146, 254);
    }

    [Theory]
    [InlineData("off")]
    [InlineData("Off")]
    public async Task WhoTurnsLeversOffIsNoControl(string header)
    {
        using var gateway = new LeverHarness(new LeverSettings { Default = On, ControlShare = 1 });
        var record = (await gateway.CallAsync(Converse().With(("x-sluice-levers", header)))).Record;

        Assert.False(record.Control);
        Assert.Null(record.Conversation);
    }

    [Fact]
    public async Task ALeverThatIsHeldBackLeavesTheOthersToAct()
    {
        var held = new HashSet<string?>(StringComparer.Ordinal);
        using var gateway = new LeverHarness(new LeverSettings { Default = On, ControlShare = 0, HoldBackShare = 0.15 });
        for (var i = 0; i < 50; i++)
        {
            var arrivals = gateway.Upstream.Arrivals.Count;
            await gateway.CallAsync(Converse("Question " + i));
            var record = (await gateway.CallAsync(Converse("Question " + i))).Record;
            Assert.Equal(record.HeldBack == "recall" ? 2 : 1, gateway.Upstream.Arrivals.Count - arrivals);
            Assert.False(record.Control);
            held.Add(record.HeldBack);
        }
        Assert.Contains("recall", held);
        Assert.Contains("trim", held);
    }

    [Fact]
    public async Task WhereEveryLeverIsOffNobodyIsDrawn()
    {
        using var gateway = new LeverHarness(new LeverSettings { ControlShare = 1 });

        Assert.False((await gateway.CallAsync(Converse())).Record.Control);
    }

    [Theory]
    [InlineData("app", "chat", 1)]
    [InlineData("app", "Chat", 1)]
    [InlineData("app", "chatty", 2)]
    [InlineData("task", "triage-eu", 1)]
    [InlineData("task", "summary", 2)]
    public async Task TheFirstExceptionThatFitsHolds(string tag, string value, int arrivals)
    {
        var settings = new LeverSettings
        {
            ControlShare = 0,
            Exceptions =
            [
                (new LeverScope { App = "chat" }, On),
                (new LeverScope { Task = "triage-*" }, On with { Recall = new RecallOptions { Lifetime = TimeSpan.FromMinutes(1) } }),
                (new LeverScope { App = "chat", KeyId = "sk-one" }, new LeverOptions()),
            ],
        };
        using var gateway = new LeverHarness(settings);
        var question = Converse().With(("x-sluice-tag-" + tag, value));
        await gateway.CallAsync(question);
        await gateway.CallAsync(question);

        Assert.Equal(arrivals, gateway.Upstream.Arrivals.Count);
    }

    [Theory]
    [InlineData("global.anthropic.*", "sk-one", 1)]
    [InlineData("us.anthropic.*", "sk-one", 2)]
    [InlineData("global.anthropic.*", "sk-two", 2)]
    public async Task AnExceptionNeedsAllThatItNames(string models, string keyId, int arrivals)
    {
        using var gateway = new LeverHarness(new LeverSettings { ControlShare = 0, Exceptions = [(new LeverScope { Models = models, KeyId = "sk-one" }, On)] });
        await gateway.CallAsync(Converse() with { KeyId = keyId });
        await gateway.CallAsync(Converse() with { KeyId = keyId });

        Assert.Equal(arrivals, gateway.Upstream.Arrivals.Count);
    }

    private static Question Turn(int conversation, int turn)
    {
        var more = turn == 0 ? "" : """,{"role":"assistant","content":[{"text":"Yes"}]},{"role":"user","content":[{"text":"And?"}]}""";
        return new Question(Canned.ConversePath, $$$"""{"messages":[{"role":"user","content":[{"text":"Question {{{conversation}}}"}]}{{{more}}}]}""");
    }
}
