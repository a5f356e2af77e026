using Sluice.Gateway.Levers.Marking;
using Sluice.Lab.Replays;
using Sluice.Lab.Replays.Traces;
using Sluice.Testing;

namespace Sluice.Lab.Tests.Replays;

/// <summary>
/// Marking held to recorded traffic, at prices of 1 for input, 0.1 for a read, 1.25 and 2 for writes. The published method lets a
/// request read every block of an earlier one; AWS documents reads at points only. Both are measured.
/// </summary>
public sealed class MarkingReplayTests(ITestOutputHelper output)
{
    private static readonly CacheRules Claude = new() { MinimumTokens = 1024, ReadMultiplier = 0.1, ShortWriteMultiplier = 1.25, HourWriteMultiplier = 2 };

    private static readonly CacheRules Published = Claude with { ReadableAtEveryBlock = true, Lookback = int.MaxValue };

    [Theory]
    [InlineData("conversation", 0, 1_000_000, 0.374)]
    [InlineData("conversation", 0, 300, 0.293)]
    [InlineData("conversation", 1024, 300, 0.264)]
    [InlineData("conversation", 0, 60, 0.105)]
    [InlineData("synthetic", 0, 1_000_000, 0.651)]
    [InlineData("synthetic", 0, 300, 0.595)]
    [InlineData("synthetic", 1024, 300, 0.595)]
    [InlineData("synthetic", 0, 60, 0.328)]
    public void ReadsTheShareOfTokensThatThePublishedMethodReads(string trace, int minimum, int lifetimeSeconds, double share)
    {
        var rules = Published with { MinimumTokens = minimum, ShortLifetime = TimeSpan.FromSeconds(lifetimeSeconds) };

        Assert.Equal(share, MarkingReplay.Run(Mooncake(trace), rules, MarkingStrategy.WriteAlways).ReadShare, tolerance: 0.001);
    }

    [Theory]
    [InlineData("conversation", 0.947)]
    [InlineData("synthetic", 0.566)]
    public void WritingAlwaysCostsWhatThePublishedMethodSays(string trace, double cost)
    {
        // There every token that is not read pays for a write, also in prompts that are too short to be cached.
        var read = MarkingReplay.Run(Mooncake(trace), Published, MarkingStrategy.WriteAlways).ReadShare;

        Assert.Equal(cost, (read * 0.1) + ((1 - read) * 1.25), tolerance: 0.001);
    }

    [Fact]
    public void TheConversationTraceCostsAtMost91PercentAsPublishedAndLittleMoreAsAwsDocuments()
    {
        var published = All("conversation", Published);
        Assert.InRange(published[MarkingStrategy.Learned], 0.80, 0.910);
        Assert.Equal(0.918, published[MarkingStrategy.WriteSeen], tolerance: 0.001);
        Assert.Equal(0.798, published[MarkingStrategy.Foresight], tolerance: 0.001);
        Assert.Equal(0.770, All("conversation", Published with { MinimumTokens = 0 })[MarkingStrategy.Foresight], tolerance: 0.001);

        var documented = All("conversation", Claude);
        Assert.InRange(documented[MarkingStrategy.Learned], 0.80, 0.913);
        Assert.True(documented[MarkingStrategy.Learned] < documented[MarkingStrategy.WriteSeen]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhereWritingAlwaysIsGoodItCostsAtMostTwoPercentMore(bool asPublished)
    {
        var costs = All("synthetic", asPublished ? Published : Claude);
        Assert.InRange(costs[MarkingStrategy.Learned], 0.50, costs[MarkingStrategy.WriteAlways] * 1.02);
    }

    [Theory]
    [InlineData("miniswe", 1024, 0)]
    [InlineData("miniswe", 1024, 256)]
    [InlineData("miniswe", 1024, 2048)]
    [InlineData("miniswe", 512, 0)]
    [InlineData("taubench", 512, 0)]
    [InlineData("taubench", 64, 0)]
    public void AgentsSaveNineTenthsOfWhatForesightWouldSave(string trace, int minimum, int blockCharacters)
    {
        var requests = AgentTrace.ReadInOrderOfTime(SharedFolder.Path($"data/traces/lmcache_agent_{trace}.jsonl.gz"), blockCharacters);
        var costs = All(requests, Claude with { MinimumTokens = minimum });

        Assert.True(1 - costs[MarkingStrategy.Learned] >= 0.9 * (1 - costs[MarkingStrategy.Foresight]));
        Assert.True(costs[MarkingStrategy.Learned] <= 1.02 * costs[MarkingStrategy.WriteAlways]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    [InlineData(2048)]
    public void PromptsTooShortToBeReadCostNothingMore(int blockCharacters)
    {
        // Few prompts of taubench reach 1,024 tokens, and none of those comes back.
        var requests = AgentTrace.ReadInOrderOfTime(SharedFolder.Path("data/traces/lmcache_agent_taubench.jsonl.gz"), blockCharacters);
        Assert.Equal(1, All(requests, Claude)[MarkingStrategy.Learned]);
    }

    [Theory]
    [InlineData("code")]
    [InlineData("conv")]
    public void PromptsThatShareNothingCostNothingMore(string trace)
    {
        var number = 0UL;
        var requests = AzureTrace.Read(SharedFolder.Path($"data/traces/AzureLLMInferenceTrace_{trace}.csv.gz"))
            .Select(request => request with { Spans = [new PromptSpan(number++, request.InputTokens)] }).ToList();

        Assert.Equal(1, All(requests, Claude)[MarkingStrategy.Learned]);
    }

    /// <summary>Nothing was fitted to the order or the length of one file: halves, and conversations moved to random times, come out alike.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TheFigureHoldsForHalvesAndShuffledConversations(int seed)
    {
        var requests = Mooncake("conversation");
        var random = new Random(seed);
        var moved = new Dictionary<ulong, double>();
        double Draw(TraceRequest request)
        {
            var conversation = request.Spans.Length < 2 ? request.Spans[0].Hash : request.Spans[1].Hash;
            if (!moved.TryGetValue(conversation, out var drawn))
                moved[conversation] = drawn = random.NextDouble();
            return drawn;
        }
        var half = All([.. requests.Where(request => Draw(request) < 0.5)], Claude);
        var shuffled = All([.. requests.Select(request => request with { At = request.At.AddHours(Draw(request)) }).OrderBy(request => request.At)], Claude);

        foreach (var costs in new[] { half, shuffled })
        {
            Assert.InRange(costs[MarkingStrategy.Learned], 0.80, 0.925);
            Assert.True(costs[MarkingStrategy.Learned] < Math.Min(costs[MarkingStrategy.WriteSeen] + 0.002, costs[MarkingStrategy.WriteAlways]));
        }
    }

    [Fact]
    public void ReplayingTwiceGivesTheSame() => Assert.Equal(
        MarkingReplay.Run(Mooncake("conversation"), Claude, MarkingStrategy.Learned), MarkingReplay.Run(Mooncake("conversation"), Claude, MarkingStrategy.Learned));

    private static List<TraceRequest> Mooncake(string name) => [.. MooncakeTrace.Read(SharedFolder.Path($"data/traces/mooncake_{name}_trace.jsonl.gz"))];

    private Dictionary<MarkingStrategy, double> All(string trace, CacheRules rules) => All(Mooncake(trace), rules);

    private Dictionary<MarkingStrategy, double> All(IReadOnlyList<TraceRequest> requests, CacheRules rules)
    {
        var costs = new Dictionary<MarkingStrategy, double>();
        foreach (var strategy in Enum.GetValues<MarkingStrategy>())
        {
            var result = MarkingReplay.Run(requests, rules, strategy);
            costs[strategy] = result.InputCostRatio;
            output.WriteLine($"{strategy}: cost {result.InputCostRatio:F4}, read {result.ReadShare:P1}, written {result.WrittenShare:P1}");
        }
        return costs;
    }
}
