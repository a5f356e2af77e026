using Sluice.Core.Metering;
using Sluice.Gateway.Levers.Marking;
using Sluice.Lab.Replays.Traces;

namespace Sluice.Lab.Replays;

/// <summary>Ways to set cache points that Sluice's own is held against.</summary>
public enum MarkingStrategy
{
    /// <summary>Sluice's own: learns as it goes, sees no future.</summary>
    Learned,

    /// <summary>Each request writes all that it can.</summary>
    WriteAlways,

    /// <summary>A request writes what an earlier one had in common with it, however long ago.</summary>
    WriteSeen,

    /// <summary>Knows which prefixes come back within the short lifetime, and writes those. No policy can do this.</summary>
    Foresight,
}

/// <summary>What one strategy makes of one trace.</summary>
/// <param name="Usage">All requests' counts summed.</param>
/// <param name="InputCostRatio">Cost of input as a fraction of what it costs with no cache at all.</param>
public sealed record MarkingResult(Usage Usage, double InputCostRatio, int Requests, int RequestsThatRead)
{
    public double ReadShare => Usage.ContextTokens == 0 ? 0 : (double)Usage.CacheRead / Usage.ContextTokens;

    public double WrittenShare => Usage.ContextTokens == 0 ? 0 : (double)(Usage.CacheWrite5m + Usage.CacheWrite1h) / Usage.ContextTokens;
}

/// <summary>Runs recorded requests through the virtual prompt cache under one strategy.</summary>
public static class MarkingReplay
{
    private static readonly CachePartition Partition = new("replay", "trace", "model", "region", "profile");

    /// <param name="requests">In order of time. Foresight is worked out from all of them, so they are a list.</param>
    /// <param name="rules">The model's.</param>
    /// <param name="strategy">Who sets the points.</param>
    /// <param name="options">The learner's bounds; its defaults where null.</param>
    public static MarkingResult Run(IReadOnlyList<TraceRequest> requests, CacheRules rules, MarkingStrategy strategy, MarkingOptions? options = null)
    {
        var cache = new VirtualPromptCache(rules);
        var learner = new PrefixLearner(options ?? new MarkingOptions());
        var future = strategy == MarkingStrategy.Foresight ? new Foresight(requests, rules) : null;
        var seen = new HashSet<ulong>();
        var sum = Usage.None;
        var reads = 0;
        for (var i = 0; i < requests.Count; i++)
        {
            var request = requests[i];
            var prompt = request.Spans.AsSpan();
            Usage usage;
            if (prompt.IsEmpty)
            {
                usage = new Usage { Input = request.InputTokens, Output = request.OutputTokens, Source = UsageSource.Estimated };
            }
            else if (strategy == MarkingStrategy.Learned)
            {
                var plan = learner.Plan(Partition, prompt, rules, request.At);
                usage = cache.Send(prompt, plan.Points.AsSpan(), request.At, request.OutputTokens);
                learner.Observe(Partition, prompt, plan, rules, usage);
            }
            else
            {
                var ends = strategy switch
                {
                    MarkingStrategy.WriteAlways => PointEnds.OfAll(prompt, seen),
                    MarkingStrategy.WriteSeen => PointEnds.OfSeen(prompt, seen),
                    _ => future!.Ends(i),
                };
                usage = cache.Send(prompt, PointEnds.Points(prompt, ends, cache.Readable(prompt, request.At), rules), request.At, request.OutputTokens);
                foreach (var span in prompt)
                    seen.Add(span.Hash);
            }
            if (usage.CacheRead > 0)
                reads++;
            sum += usage;
        }
        return new MarkingResult(sum, CostRatio(sum, rules), requests.Count, reads);
    }

    private static double CostRatio(Usage usage, CacheRules rules) => usage.ContextTokens == 0 ? 1 :
        (usage.Input + (usage.CacheRead * rules.ReadMultiplier) + (usage.CacheWrite5m * rules.ShortWriteMultiplier)
            + (usage.CacheWrite1h * (rules.HourWriteMultiplier ?? 0))) / usage.ContextTokens;
}
