using System.Buffers;
using Sluice.Core.Metering;

namespace Sluice.Gateway.Levers.Marking;

/// <summary>What is known of one block of a prompt that is being planned or observed.</summary>
internal struct Sighting
{
    /// <summary>Its prefix's entry, or -1 where it is new.</summary>
    public int Entry;
    public short Cell;

    /// <summary>Its share of the one trial that all blocks of its kind in this prompt make.</summary>
    public float Weight;
}

/// <summary>What one partition's traffic has taught, and what of it is warm. One lock, held for microseconds.</summary>
internal sealed partial class PartitionLearner(MarkingOptions options, DateTimeOffset startedAt)
{
    private const double HourSeconds = 3600;
    private const long HourMs = 3_600_000;

    /// <summary>Returns of one prefix that are remembered before they are halved.</summary>
    private const int FullGaps = 32;

    /// <summary>One miss of what should have been warm lowers the trust in it by this share.</summary>
    private const double ReliabilityStep = 1.0 / 32;

    private readonly Lock _gate = new();
    private readonly long _startedAtMs = startedAt.ToUnixTimeMilliseconds();
    private readonly PrefixStore _prefixes = new();
    private readonly ReuseTable _reuse = new();

    /// <summary>The share of expected reads that AWS delivered; cross-region inference and its own evictions lower it.</summary>
    private double _reliability = 1;
    private long _calls, _input, _read, _shortWrite, _hourWrite, _wasted;
    private double _net;
    private long _shortMs = 300_000;
    private bool _isClosed;

    public int Count => _prefixes.Count;

    public MarkingReport Report
    {
        get
        {
            lock (_gate)
            {
                return new MarkingReport
                {
                    Calls = _calls,
                    InputTokens = _input,
                    ReadTokens = _read,
                    ShortWriteTokens = _shortWrite,
                    HourWriteTokens = _hourWrite,
                    WastedTokens = _wasted,
                    NetSavingTokens = (decimal)_net,
                };
            }
        }
    }

    /// <summary>Learns from a call that AWS answered; returns how many prefixes are new.</summary>
    public int Observe(ReadOnlySpan<PromptSpan> prompt, MarkingPlan plan, CacheRules rules, Usage? measured)
    {
        if (prompt.IsEmpty)
            return 0;
        var rented = ArrayPool<Sighting>.Shared.Rent(prompt.Length);
        try
        {
            var sightings = rented.AsSpan(0, prompt.Length);
            var atMs = plan.At.ToUnixTimeMilliseconds();
            lock (_gate)
            {
                if (_isClosed)
                    return 0;
                var before = _prefixes.Count;
                Resolve(atMs, rules);
                var known = Look(prompt, sightings, atMs);
                var read = ReadBy(plan, prompt, sightings[..known], rules, atMs);
                Weigh(prompt, sightings, rules);
                Sight(prompt, sightings, atMs, ReuseCells.ReplyBand(measured?.Output ?? 0));
                Settle(prompt, sightings, plan, read, rules, atMs, measured);
                return _prefixes.Count - before;
            }
        }
        finally
        {
            ArrayPool<Sighting>.Shared.Return(rented);
        }
    }

    /// <summary>Forgets the least useful prefixes until no more than that many are left; returns how many went.</summary>
    public int Shrink(int toCount, DateTimeOffset now)
    {
        lock (_gate)
        {
            var before = _prefixes.Count;
            while (_prefixes.Count > toCount)
            {
                var index = _prefixes.Oldest;
                ref var entry = ref _prefixes[index];
                GiveUp(ref entry, now.ToUnixTimeMilliseconds());
                Waste(ref entry);
                _prefixes.Remove(index);
            }
            _prefixes.TrimExcess();
            return before - _prefixes.Count;
        }
    }

    /// <summary>Takes no more in, since nobody counts it any longer; returns how many prefixes it held.</summary>
    public int Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            return _prefixes.Count;
        }
    }

    /// <summary>Finds each block's prefix and the kind of sighting that it is; returns how many blocks are known from the beginning on.</summary>
    private int Look(ReadOnlySpan<PromptSpan> prompt, Span<Sighting> sightings, long nowMs)
    {
        var known = 0;
        for (; known < prompt.Length; known++)
        {
            var index = _prefixes.Find(prompt[known].Hash);
            if (index < 0)
                break;
            sightings[known].Entry = index;
        }
        var total = prompt[^1].CumulativeTokens;
        var tail = Math.Max(0, known == 0 ? total : total - prompt[known - 1].CumulativeTokens);
        for (var i = 0; i < known; i++)
        {
            ref readonly var entry = ref _prefixes[sightings[i].Entry];
            sightings[i].Cell = ReuseCells.OfKnown(entry.Sightings, entry.Reply, nowMs - entry.SeenAtMs, tail);
        }
        var origin = known == 0 ? 0 : _prefixes[sightings[known - 1].Entry].Sightings;
        for (var i = known; i < prompt.Length; i++)
        {
            sightings[i].Entry = -1;
            sightings[i].Cell = ReuseCells.OfFresh(origin, prompt.Length - 1 - i, tail);
        }
        return known;
    }

    /// <summary>
    /// A kind that covers many blocks of one prompt still saw one request: its blocks share one trial by their tokens. Prefixes
    /// that are too short to be cached teach nothing about those that are not.
    /// </summary>
    private static void Weigh(ReadOnlySpan<PromptSpan> prompt, Span<Sighting> sightings, CacheRules rules)
    {
        var from = 0;
        while (from < sightings.Length && prompt[from].CumulativeTokens < rules.MinimumTokens)
            sightings[from++].Weight = 0;
        for (int to; from < sightings.Length; from = to)
        {
            for (to = from + 1; to < sightings.Length && sightings[to].Cell == sightings[from].Cell;)
                to++;
            var before = from == 0 ? 0 : prompt[from - 1].CumulativeTokens;
            var tokens = Math.Max(1, prompt[to - 1].CumulativeTokens - before);
            for (var i = from; i < to; i++)
            {
                sightings[i].Weight = (float)Math.Max(0, prompt[i].CumulativeTokens - before) / tokens;
                before = prompt[i].CumulativeTokens;
            }
        }
    }

    private bool TakesHour(CacheRules rules) => options.AllowHour && rules.HourWriteMultiplier is not null;

    private double Seconds(long atMs) => (atMs - _startedAtMs) / 1000.0;
}
