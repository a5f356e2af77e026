using System.Collections.Concurrent;
using Sluice.Core.Metering;

namespace Sluice.Gateway.Levers.Marking;

/// <summary>
/// Learns which prefixes of each partition's prompts come back and when, and places the cache points that are worth more
/// than they cost. It keeps hashes and counts, never text; its memory is bounded by <see cref="MarkingOptions"/>. Partitions
/// teach each other nothing. Thread-safe.
/// </summary>
public sealed class PrefixLearner(MarkingOptions options)
{
    private readonly ConcurrentDictionary<CachePartition, Slot> _partitions = new();
    private readonly Lock _shrinking = new();
    private int _prefixes;

    /// <summary>Why beginnings that look the same do not repeat.</summary>
    internal Drift.PrefixDrift Drift { get; } = new();

    /// <summary>Prefixes remembered now, over all partitions.</summary>
    public int Count => Volatile.Read(ref _prefixes);

    /// <summary>Decides where one request gets its cache points. Remembers nothing; what was sent is told by <see cref="Observe"/>.</summary>
    /// <param name="partition">Whose cache and whose knowledge.</param>
    /// <param name="prompt">The blocks in order, from the first tool to the last message.</param>
    /// <param name="rules">The model's, at the price of this very call.</param>
    /// <param name="now">When the request leaves.</param>
    public MarkingPlan Plan(CachePartition partition, ReadOnlySpan<PromptSpan> prompt, CacheRules rules, DateTimeOffset now) =>
        Learner(partition, now).Plan(prompt, rules, now);

    /// <summary>Learns from a call that AWS answered; a call that failed before is not told. May come from another thread and late.</summary>
    /// <param name="partition">As it was planned with.</param>
    /// <param name="prompt">As it was planned with.</param>
    /// <param name="plan">What was planned and sent; <see cref="MarkingPlan.Of"/> where something else was, such as the caller's own points.</param>
    /// <param name="rules">As it was planned with.</param>
    /// <param name="measured">What AWS billed. Null supposes that all went as planned: in shadow, and in replays.</param>
    public void Observe(CachePartition partition, ReadOnlySpan<PromptSpan> prompt, MarkingPlan plan, CacheRules rules, Usage? measured = null)
    {
        var learner = Learner(partition, plan.At);
        var added = learner.Observe(prompt, plan, rules, measured);
        if (Interlocked.Add(ref _prefixes, added) > options.MaximumPrefixes)
            Shrink(plan.At);
    }

    public MarkingReport Report(CachePartition partition) =>
        _partitions.TryGetValue(partition, out var slot) ? slot.Learner.Report : new MarkingReport();

    /// <summary>What marking did in each partition that is remembered.</summary>
    public IReadOnlyList<KeyValuePair<CachePartition, MarkingReport>> Reports() =>
        [.. _partitions.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Learner.Report))];

    /// <summary>What would let more of the prompts share a cache, the dearest first.</summary>
    public IReadOnlyList<PrefixAdvice> Advice() => Drift.Advice();

    private PartitionLearner Learner(CachePartition partition, DateTimeOffset now)
    {
        if (!_partitions.TryGetValue(partition, out var slot))
        {
            slot = _partitions.GetOrAdd(partition, static (_, at) => new Slot(new PartitionLearner(at.Options, at.Now)), (Options: options, Now: now));
            if (_partitions.Count > options.MaximumPartitions)
                DropIdlest(partition);
        }
        slot.UsedAtTicks = now.UtcTicks;
        return slot.Learner;
    }

    private void DropIdlest(CachePartition except)
    {
        lock (_shrinking)
        {
            while (_partitions.Count > options.MaximumPartitions)
            {
                var idlest = _partitions.Where(pair => pair.Key != except).MinBy(pair => pair.Value.UsedAtTicks).Key;
                if (idlest is null || !_partitions.TryRemove(idlest, out var slot))
                    return;
                Interlocked.Add(ref _prefixes, -slot.Learner.Close());
            }
        }
    }

    /// <summary>
    /// Takes from whichever partition holds most, so that one with a flood of prompts pays for it itself; a little more than
    /// is needed, so that this is seldom.
    /// </summary>
    private void Shrink(DateTimeOffset now)
    {
        lock (_shrinking)
        {
            while (Volatile.Read(ref _prefixes) > options.MaximumPrefixes)
            {
                var largest = _partitions.Values.MaxBy(slot => slot.Learner.Count);
                if (largest is null)
                    return;
                var spare = Math.Max(1, options.MaximumPrefixes / 64);
                var excess = Volatile.Read(ref _prefixes) - options.MaximumPrefixes;
                var removed = largest.Learner.Shrink(Math.Max(0, largest.Learner.Count - excess - spare), now);
                Interlocked.Add(ref _prefixes, -removed);
                if (removed == 0)
                    return;
            }
        }
    }

    private sealed class Slot(PartitionLearner learner)
    {
        public PartitionLearner Learner { get; } = learner;

        public long UsedAtTicks;
    }
}
