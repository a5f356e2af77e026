using System.Collections.Immutable;
using Sluice.Gateway.Levers.Marking;
using Sluice.Lab.Replays;
using Sluice.Lab.Replays.Traces;
using Sluice.Testing;

namespace Sluice.Lab.Tests.Replays;

/// <summary>Traffic that is over before much can be learned of it, where writing always is good: marking costs at most 2 % more.</summary>
public sealed class YoungTrafficTests
{
    private static readonly CacheRules Claude = new() { MinimumTokens = 1024, ReadMultiplier = 0.1, ShortWriteMultiplier = 1.25, HourWriteMultiplier = 2 };

    [Theory]
    [InlineData(0, 512)]
    [InlineData(0, 64)]
    [InlineData(2048, 64)]
    public void AMinuteOfAgents(int blockCharacters, int minimum)
    {
        var requests = AgentTrace.ReadInOrderOfTime(SharedFolder.Path("data/traces/lmcache_agent_taubench.jsonl.gz"), blockCharacters);
        Assert.InRange(Cost(requests, Claude with { MinimumTokens = minimum }, MarkingStrategy.Learned) / Cost(requests, Claude with { MinimumTokens = minimum }, MarkingStrategy.WriteAlways), 0, 1.02);
    }

    /// <summary>
    /// A quarter of an hour in which several ask about the same documents, beside prompts that nobody repeats: made after the
    /// published statistics of Mooncake's synthetic trace (3.9 calls a second of 15,000 tokens, of which writing always costs 0.57; these cost 0.54 to 0.64).
    /// </summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(1, 0.5)]
    [InlineData(2, 0.5)]
    [InlineData(3, 0.5)]
    public void AQuarterOfAnHourOfSharedDocuments(int seed, double share)
    {
        var requests = Documents(new Random(seed), share);
        var always = Cost(requests, Claude, MarkingStrategy.WriteAlways);
        Assert.InRange(always, 0.54, 0.64);
        Assert.InRange(Cost(requests, Claude, MarkingStrategy.Learned) / always, 0, 1.02);
    }

    private static double Cost(IReadOnlyList<TraceRequest> requests, CacheRules rules, MarkingStrategy strategy) => MarkingReplay.Run(requests, rules, strategy).InputCostRatio;

    private static List<TraceRequest> Documents(Random random, double share)
    {
        const double Seconds = 1022;
        var requests = new List<TraceRequest>();
        ulong hash = 1;
        for (var count = 0; count < 3_993;)
        {
            var isOnce = random.NextDouble() < 0.6;
            var blocks = isOnce ? 1 + Exponential(10) : 8 + Exponential(34);
            var asks = isOnce ? 1 : 2 + Exponential(2.4);
            var document = Enumerable.Range(0, blocks).Select(_ => hash++).ToArray();
            var isTaken = random.NextDouble() < share;
            var at = random.NextDouble() * Seconds;
            for (var i = 0; i < asks; i++, count++)
            {
                var spans = document.Append(hash++).Select((h, k) => new PromptSpan(h, (k + 1) * MooncakeTrace.BlockTokens)).ToImmutableArray();
                if (isTaken)
                    requests.Add(new TraceRequest { At = DateTimeOffset.UnixEpoch.AddSeconds(at % Seconds), InputTokens = spans[^1].CumulativeTokens, OutputTokens = 150, Spans = spans });
                at += -Math.Log(1 - random.NextDouble()) * 190;
            }
        }
        return [.. requests.OrderBy(r => r.At)];

        int Exponential(double mean) => (int)(-Math.Log(1 - random.NextDouble()) * mean);
    }
}
