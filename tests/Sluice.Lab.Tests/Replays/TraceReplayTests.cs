using Sluice.Core;
using Sluice.Core.Pricing;
using Sluice.Gateway.Levers.Marking;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Recalling;
using Sluice.Lab.Replays;
using Sluice.Lab.Replays.Traces;
using Sluice.Testing;

namespace Sluice.Lab.Tests.Replays;

public sealed class TraceReplayTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static readonly PriceIdentity Sonnet = new() { Model = "anthropic.claude-sonnet-4-5-20250929-v1:0", Region = "us-east-1", Profile = "global" };

    private static readonly LeverOptions All = new LeverOptions().WithAll(LeverMode.On);

    [Fact]
    public void AConversationTraceCostsAtMost91PercentOfItsUncachedInput()
    {
        var (form, requests) = TraceFile.Read(SharedFolder.Path("data/traces/mooncake_conversation_trace.jsonl.gz"));
        var result = Run(requests, All);

        Assert.Equal(TraceForm.Mooncake, form);
        Assert.InRange(result.InputCost.Usd / result.InputBaseline.Usd, 0.80m, 0.91m);
        Assert.Equal(result.Baseline - result.Cost, Saved(result));
    }

    [Fact]
    public void WithoutLeversItCostsWhatItCost()
    {
        var result = Run(Same(5), new LeverOptions());

        Assert.Equal((result.Baseline, result.InputBaseline), (result.Cost, result.InputCost));
        // Five prompts of 2,000 tokens and replies of 100, at 3 and 15 dollars a million.
        Assert.Equal(0.0375m, result.Baseline.Usd);
        Assert.Empty(result.Levers);
    }

    [Fact]
    public void TheSavingsOfAllLeversAddUpToTheDifference()
    {
        var sampled = All with { Recall = new RecallOptions { Sampled = true, Lifetime = TimeSpan.FromMinutes(1) } };
        var result = Run([.. Same(20), .. Same(20, start: TimeSpan.FromHours(2))], sampled);

        Assert.True(result.Cost < result.Baseline);
        Assert.Equal(result.Baseline - result.Cost, Saved(result));
        Assert.True(result.Levers.Single(l => l.Lever == Lever.Recall.Name()).Calls > 0);
    }

    [Fact]
    public void RecallNeedsTheOwnersWordWhereTheTraceTellsNoTemperature()
    {
        var recall = Run(Same(20), All).Levers.Single(l => l.Lever == Lever.Recall.Name());

        Assert.Equal((0L, Money.Zero), (recall.Calls, recall.Saving));
        Assert.Contains("sampled", recall.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void AModelWithoutAPriceIsAnErrorThatNamesIt()
    {
        var replay = new TraceReplay(PriceBook.Default, Sonnet with { Model = "nobody.knows-it" }, All, Now);

        Assert.Contains("nobody.knows-it", Assert.Throws<InvalidOperationException>(() => replay.Run(Same(1), readableAtEveryBlock: false)).Message, StringComparison.Ordinal);
    }

    private static ReplayResult Run(IReadOnlyList<TraceRequest> requests, LeverOptions options) =>
        new TraceReplay(PriceBook.Default, Sonnet, options, Now).Run(requests, readableAtEveryBlock: true);

    private static Money Saved(ReplayResult result) => result.Levers.Aggregate(Money.Zero, (sum, lever) => sum + (lever.Saving ?? Money.Zero));

    /// <summary>One prompt again and again, half a minute apart.</summary>
    private static List<TraceRequest> Same(int count, TimeSpan start = default) =>
    [
        .. Enumerable.Range(0, count).Select(i => new TraceRequest
        {
            At = DateTimeOffset.UnixEpoch + start + TimeSpan.FromSeconds(30 * i),
            InputTokens = 2000,
            OutputTokens = 100,
            Spans = [new PromptSpan(1, 1500), new PromptSpan(2, 2000)],
        }),
    ];
}
