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
                Weigh(prompt, sightings);
                Sight(prompt, sightings, atMs, rules);
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
                EndWait(ref entry, reused: false, Waited(entry, now.ToUnixTimeMilliseconds()));
                Waste(ref entry);
                _prefixes.Remove(index);
            }
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
            sightings[i].Cell = ReuseCells.OfKnown(entry.Sightings, nowMs - entry.SeenAtMs, tail);
        }
        var origin = known == 0 ? 0 : _prefixes[sightings[known - 1].Entry].Sightings;
        for (var i = known; i < prompt.Length; i++)
        {
            sightings[i].Entry = -1;
            sightings[i].Cell = ReuseCells.OfFresh(origin, prompt.Length - 1 - i, tail);
        }
        return known;
    }

    /// <summary>The block up to which AWS reads with these points, as far as is known; or -1.</summary>
    private int ReadBy(MarkingPlan plan, ReadOnlySpan<PromptSpan> prompt, ReadOnlySpan<Sighting> known, CacheRules rules, long atMs)
    {
        for (var p = plan.Points.Length - 1; p >= 0; p--)
        {
            var point = plan.Points[p].Block;
            for (var i = Math.Min(point, known.Length - 1); i >= 0 && i >= point - rules.Lookback && prompt[i].CumulativeTokens >= rules.MinimumTokens; i--)
            {
                if (_prefixes[known[i].Entry].WarmUntilMs > atMs)
                    return i;
            }
        }
        return -1;
    }

    /// <summary>A kind that covers many blocks of one prompt still saw one request: its blocks share one trial by their tokens.</summary>
    private static void Weigh(ReadOnlySpan<PromptSpan> prompt, Span<Sighting> sightings)
    {
        for (int from = 0, to; from < sightings.Length; from = to)
        {
            var cell = sightings[from].Cell;
            for (to = from + 1; to < sightings.Length && sightings[to].Cell == cell;)
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

    /// <summary>Counts this sighting of each prefix, and settles the one before it.</summary>
    private void Sight(ReadOnlySpan<PromptSpan> prompt, Span<Sighting> sightings, long atMs, CacheRules rules)
    {
        // From the end, so that of one prompt the beginning is the newest and forgotten last.
        for (var i = prompt.Length - 1; i >= 0; i--)
        {
            ref var sighting = ref sightings[i];
            if (sighting.Entry < 0)
            {
                // Further blocks of a prompt whose middle was forgotten may still be known.
                var index = _prefixes.Find(prompt[i].Hash);
                sighting.Entry = index >= 0 ? index : _prefixes.Add(prompt[i].Hash, atMs);
                if (index < 0)
                {
                    Begin(ref _prefixes[sighting.Entry], sighting);
                    continue;
                }
            }
            ref var entry = ref _prefixes[sighting.Entry];
            if (entry.Has(PrefixStates.WaitsSoon | PrefixStates.WaitsLater))
                CountGap(ref entry, entry.Has(PrefixStates.WaitsSoon), entry.Has(PrefixStates.WaitsLater));
            EndWait(ref entry, reused: true, Waited(entry, atMs));
            _prefixes.Renew(sighting.Entry, atMs);
            Begin(ref entry, sighting);
        }
    }

    private void Begin(ref PrefixEntry entry, in Sighting sighting)
    {
        entry.Sightings = Math.Min(entry.Sightings + 1, int.MaxValue - 1);
        entry.Cell = sighting.Cell;
        entry.Weight = sighting.Weight;
        entry.States |= PrefixStates.WaitsSoon;
        _reuse.Begin(later: false, entry.Cell, entry.Weight, Seconds(entry.SeenAtMs));
    }

    /// <summary>How much of the wait that it is in is over, from 0 to 1.</summary>
    private double Waited(in PrefixEntry entry, long nowMs)
    {
        var waitedMs = (double)(nowMs - entry.SeenAtMs);
        return Math.Clamp(entry.Has(PrefixStates.WaitsSoon) ? waitedMs / _shortMs : (waitedMs - _shortMs) / (HourMs - _shortMs), 0, 1);
    }

    /// <summary>Ends whichever wait it is in.</summary>
    private void EndWait(ref PrefixEntry entry, bool reused, double waited = 1)
    {
        if (entry.Has(PrefixStates.WaitsSoon))
            _reuse.End(later: false, entry.Cell, entry.Weight, Seconds(entry.SeenAtMs), reused, waited);
        else if (entry.Has(PrefixStates.WaitsLater))
            _reuse.End(later: true, entry.Cell, entry.Weight, Seconds(entry.SeenAtMs + _shortMs), reused, waited);
        entry.States &= ~(PrefixStates.WaitsSoon | PrefixStates.WaitsLater);
    }

    /// <summary>Settles what has waited for longer than a lifetime: it was not reused, and what was written and not read is wasted.</summary>
    private void Resolve(long nowMs, CacheRules rules)
    {
        _shortMs = (long)rules.ShortLifetime.TotalMilliseconds;
        for (int i; (i = _prefixes.NextWaiting(PrefixStates.WaitsSoon, nowMs - _shortMs)) >= 0;)
        {
            ref var entry = ref _prefixes[i];
            EndWait(ref entry, reused: false);
            entry.States |= PrefixStates.WaitsLater;
            _reuse.Begin(later: true, entry.Cell, entry.Weight, Seconds(entry.SeenAtMs + _shortMs));
            if (!entry.Has(PrefixStates.LivesHour))
                Waste(ref entry);
        }
        for (int i; (i = _prefixes.NextWaiting(PrefixStates.WaitsLater, nowMs - HourMs)) >= 0;)
        {
            ref var entry = ref _prefixes[i];
            EndWait(ref entry, reused: false);
            CountGap(ref entry, isSoon: false, isLater: false);
            Waste(ref entry);
        }
    }

    private static void CountGap(ref PrefixEntry entry, bool isSoon, bool isLater)
    {
        if (entry.Gaps == FullGaps)
        {
            entry.Gaps /= 2;
            entry.SoonGaps /= 2;
            entry.LaterGaps /= 2;
        }
        entry.Gaps++;
        if (isSoon)
            entry.SoonGaps++;
        if (isLater)
            entry.LaterGaps++;
    }

    private void Waste(ref PrefixEntry entry)
    {
        _wasted += entry.UnreadTokens;
        entry.UnreadTokens = 0;
    }

    /// <summary>Notes what is warm now, and adds up what it cost and saved.</summary>
    private void Settle(
        ReadOnlySpan<PromptSpan> prompt, ReadOnlySpan<Sighting> sightings, MarkingPlan plan, int read, CacheRules rules, long atMs, Usage? measured)
    {
        if (measured is not null && !plan.Points.IsEmpty)
            read = Believe(measured, prompt, sightings, read);
        for (var i = 0; i <= read; i++)
            _prefixes[sightings[i].Entry].UnreadTokens = 0;

        var readTokens = read < 0 ? 0 : prompt[read].CumulativeTokens;
        long shortTokens = 0, hourTokens = 0;
        if (measured is null || measured.CacheRead + measured.CacheWrite5m + measured.CacheWrite1h > 0)
            (shortTokens, hourTokens) = Warm(prompt, sightings, plan, read, rules, atMs);

        _calls++;
        _input += measured?.ContextTokens ?? prompt[^1].CumulativeTokens;
        _read += readTokens = (int)Math.Min(int.MaxValue, measured?.CacheRead ?? readTokens);
        _shortWrite += shortTokens = measured?.CacheWrite5m ?? shortTokens;
        _hourWrite += hourTokens = measured?.CacheWrite1h ?? hourTokens;
        _net += (readTokens * rules.ReadSaving) - (shortTokens * rules.PremiumOf(CacheLifetime.Short));
        if (hourTokens > 0 && rules.HourWriteMultiplier is not null)
            _net -= hourTokens * rules.PremiumOf(CacheLifetime.Hour);
    }

    /// <summary>Corrects what was thought to be warm by what AWS says that it read, allowing for token counts that were estimates.</summary>
    private int Believe(Usage measured, ReadOnlySpan<PromptSpan> prompt, ReadOnlySpan<Sighting> sightings, int read)
    {
        if (read < 0)
            return -1;
        var isRead = measured.CacheRead * 2 >= prompt[read].CumulativeTokens;
        _reliability += ((isRead ? 1 : 0) - _reliability) * ReliabilityStep;
        if (isRead)
            return read;
        for (var i = 0; i <= read; i++)
            _prefixes[sightings[i].Entry].WarmUntilMs = 0;
        return -1;
    }

    /// <summary>Each point that is long enough leaves an entry, and the one that was read lives anew.</summary>
    private (long Short, long Hour) Warm(
        ReadOnlySpan<PromptSpan> prompt, ReadOnlySpan<Sighting> sightings, MarkingPlan plan, int read, CacheRules rules, long atMs)
    {
        long shortTokens = 0, hourTokens = 0;
        if (read >= 0)
            Refresh(ref _prefixes[sightings[read].Entry], CacheLifetime.Short, rules, atMs);
        var written = read;
        foreach (var (block, lifetime) in plan.Points)
        {
            var from = rules.ReadableAtEveryBlock ? Math.Min(block, written + 1) : block;
            for (var i = from; i <= block; i++)
            {
                if (prompt[i].CumulativeTokens < rules.MinimumTokens && !rules.ReadableAtEveryBlock)
                    continue;
                ref var entry = ref _prefixes[sightings[i].Entry];
                Refresh(ref entry, lifetime, rules, atMs);
                if (i <= written)
                    continue;
                var tokens = prompt[i].CumulativeTokens - (written < 0 ? 0 : prompt[written].CumulativeTokens);
                Waste(ref entry);
                entry.UnreadTokens = tokens;
                if (lifetime == CacheLifetime.Hour)
                    hourTokens += tokens;
                else
                    shortTokens += tokens;
                written = i;
            }
        }
        if (rules.ReadableAtEveryBlock)
        {
            for (var i = 0; i < read; i++)
                Refresh(ref _prefixes[sightings[i].Entry], CacheLifetime.Short, rules, atMs);
        }
        return (shortTokens, hourTokens);
    }

    /// <summary>What is warm keeps the lifetime that it was paid for.</summary>
    private static void Refresh(ref PrefixEntry entry, CacheLifetime lifetime, CacheRules rules, long atMs)
    {
        if (entry.WarmUntilMs > atMs)
            lifetime = entry.Has(PrefixStates.LivesHour) ? CacheLifetime.Hour : CacheLifetime.Short;
        entry.States = lifetime == CacheLifetime.Hour ? entry.States | PrefixStates.LivesHour : entry.States & ~PrefixStates.LivesHour;
        entry.WarmUntilMs = Math.Max(entry.WarmUntilMs, atMs + (long)rules.LifetimeOf(lifetime).TotalMilliseconds);
    }

    private bool TakesHour(CacheRules rules) => options.AllowHour && rules.HourWriteMultiplier is not null;

    private double Seconds(long atMs) => (atMs - _startedAtMs) / 1000.0;
}
