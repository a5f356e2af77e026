using System.Runtime.InteropServices;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core;

namespace Sluice.Gateway.Levers.Marking.Drift;

/// <summary>One call whose beginning was not what the cache had.</summary>
/// <param name="KnownBlocks">Blocks from the first on that have been seen before, exactly.</param>
/// <param name="RecentBlocks">Those of them that were seen within the short lifetime.</param>
/// <param name="InputUsd">Dollars for a token of uncached input; null where it is not known.</param>
internal readonly record struct DriftSighting(
    CachePartition Partition, PromptSpan[] Spans, int KnownBlocks, int RecentBlocks, CacheRules Rules, decimal? InputUsd, DateTimeOffset At);

/// <summary>
/// Finds out why a beginning that looks the same each time does not repeat. It looks only at calls whose tools or system
/// prompt the cache does not have, and keeps hashes: of each unit without what may drift, and of what drifts. Two calls
/// that agree in the first and not in the second show what drifts. Thread-safe; bounded.
/// </summary>
internal sealed class PrefixDrift
{
    /// <summary>Units take 600 bytes, 3.5 KB at most, and prefixes 50, both in two generations of this size: 10 MB at most in all.</summary>
    public const int MaximumUnits = 1_000, MaximumPrefixes = 30_000, MaximumFindings = 1_000, MaximumFindingsOfPartition = 32;

    private const int FruitlessCalls = 64, SampleOf = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<CachePartition, int> _fruitless = [];
    private readonly Generations<(DriftUnit Unit, long AtMs)> _units = new(MaximumUnits);
    private readonly Generations<ulong> _toolOrders = new(MaximumUnits);
    private readonly Generations<long> _prefixes = new(MaximumPrefixes);
    private readonly Dictionary<(CachePartition Partition, string Where, DriftKinds Kinds), Finding> _findings = [];
    private readonly Dictionary<CachePartition, int> _perPartition = [];

    /// <summary>Looks at a call that AWS answered.</summary>
    public void Observe(PromptOutline outline, ReadOnlySpan<byte> body, in DriftSighting sighting)
    {
        var blocks = outline.Blocks;
        var first = sighting.RecentBlocks;
        if (first >= blocks.Length || blocks[first].Section == PromptSection.Messages || sighting.Spans[^1].CumulativeTokens < sighting.Rules.MinimumTokens)
            return;
        lock (_gate)
        {
            if (!IsDue(sighting.Partition))
                return;
        }
        var seed = unchecked((ulong)sighting.Partition.GetHashCode());
        if (PromptShape.Of(outline, body, seed) is not { } shape)
            return;
        lock (_gate)
        {
            var (lost, cold) = Continue(shape, sighting);
            Compare(shape, seed, sighting, lost, cold);
        }
    }

    /// <summary>Where nothing was found in many calls, one in eight is looked at until something is.</summary>
    private bool IsDue(CachePartition partition)
    {
        if (_fruitless.Count >= MaximumFindings)
            _fruitless.Clear();
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_fruitless, partition, out _);
        count = count == int.MaxValue ? FruitlessCalls : count + 1;
        return count <= FruitlessCalls || count % SampleOf == 0;
    }

    /// <summary>What is worth saying of each partition, the dearest first.</summary>
    public IReadOnlyList<PrefixAdvice> Advice()
    {
        lock (_gate)
        {
            return
            [
                .. _findings.Where(f => f.Value.Calls >= DriftLimits.Calls && f.Value.SavingTokens >= 0)
                    .Select(f => f.Value.Advice(f.Key.Partition, f.Key.Where, f.Key.Kinds))
                    .OrderByDescending(a => a.MonthlyCost ?? Money.Zero).ThenByDescending(a => a.Tokens).ThenBy(a => a.Where, StringComparer.Ordinal),
            ];
        }
    }

    /// <summary>How many tokens a cache of what stays would have had warm, and how many it has had, long ago.</summary>
    private (int Lost, int Cold) Continue(PromptShape shape, in DriftSighting sighting)
    {
        var atMs = sighting.At.ToUnixTimeMilliseconds();
        var lifetimeMs = (long)sighting.Rules.ShortLifetime.TotalMilliseconds;
        var (warm, known) = (0, 0);
        var goesOn = true;
        foreach (var part in shape.Parts)
        {
            goesOn &= _prefixes.TryGet(part.Prefix, out var seenMs);
            if (goesOn)
                known = sighting.Spans[part.LastBlock].CumulativeTokens;
            if (goesOn && atMs - seenMs <= lifetimeMs)
                warm = known;
            _prefixes.Put(part.Prefix, atMs);
        }
        if (known < sighting.Rules.MinimumTokens)
            return (0, 0);
        warm = warm < sighting.Rules.MinimumTokens ? 0 : warm;
        var had = sighting.RecentBlocks == 0 ? 0 : sighting.Spans[sighting.RecentBlocks - 1].CumulativeTokens;
        return (Math.Max(0, warm - had), Math.Max(0, known - Math.Max(had, warm)));
    }

    private void Compare(PromptShape shape, ulong seed, in DriftSighting sighting, int lost, int cold)
    {
        var found = new List<(string Where, DriftKinds Kinds, int From, int To)>();
        if (shape.ToolSet != 0)
        {
            var key = DriftHash.Step(seed, shape.ToolSet);
            if (_toolOrders.TryGet(key, out var order) && order != shape.ToolOrder)
                found.Add(("tools", DriftKinds.ToolOrder, 0, 0));
            _toolOrders.Put(key, shape.ToolOrder);
        }
        foreach (var (where, block, unit) in shape.Units)
        {
            var key = DriftHash.Step(seed, unit.Skeleton);
            if (_units.TryGet(key, out var before) && block >= sighting.RecentBlocks)
            {
                var (kinds, from, to) = unit.DifferenceFrom(before.Unit);
                // A value that has been seen before is one of a few, each of which has a cache of its own.
                if (block < sighting.KnownBlocks)
                    kinds &= ~DriftWords.Values;
                if (kinds != DriftKinds.None)
                    found.Add((kinds.HasFlag(DriftKinds.KeyOrder) || kinds.HasFlag(DriftKinds.ArrayOrder) ? where + ".inputSchema" : where, kinds, from, to));
            }
            _units.Put(key, (unit, sighting.At.ToUnixTimeMilliseconds()));
        }
        if (found.Count > 0)
            _fruitless[sighting.Partition] = 0;
        // All of them have to be mended before anything is read, so the tokens count once, for the first.
        for (var i = 0; i < found.Count; i++)
            Count(found[i].Where, found[i].Kinds, found[i].From, found[i].To, sighting, i == 0 ? lost : 0, i == 0 ? cold : 0, lost > 0);
    }

    private void Count(string where, DriftKinds kinds, int from, int to, in DriftSighting sighting, int lost, int cold, bool isMiss)
    {
        var key = (sighting.Partition, where, kinds);
        if (!_findings.TryGetValue(key, out var finding))
        {
            var count = _perPartition.GetValueOrDefault(sighting.Partition);
            if (count >= MaximumFindingsOfPartition)
                return;
            if (_findings.Count >= MaximumFindings)
                Forget();
            _perPartition[sighting.Partition] = count + 1;
            _findings[key] = finding = new Finding { FirstSeen = sighting.At };
        }
        finding.Add(from, to, lost, cold, isMiss, sighting);
    }

    /// <summary>The findings of the partition that has drifted least lately.</summary>
    private void Forget()
    {
        var idlest = _findings.MinBy(f => f.Value.LastSeen).Key.Partition;
        foreach (var key in _findings.Keys.Where(k => k.Partition == idlest).ToList())
            _findings.Remove(key);
        _perPartition.Remove(idlest);
    }

    private sealed class Finding
    {
        private int _from = int.MaxValue, _to;
        private long _tokens;
        private decimal? _inputUsd;

        public DateTimeOffset FirstSeen { get; init; }

        public DateTimeOffset LastSeen { get; private set; }

        public long Calls { get; private set; }

        /// <summary>In tokens of uncached input.</summary>
        public double SavingTokens { get; private set; }

        public void Add(int from, int to, int lost, int cold, bool isMiss, in DriftSighting sighting)
        {
            LastSeen = sighting.At;
            Calls += isMiss ? 1 : 0;
            _tokens += lost;
            if (to > 0)
                (_from, _to) = (Math.Min(_from, from), Math.Max(_to, to));
            _inputUsd = sighting.InputUsd;
            SavingTokens += (lost * sighting.Rules.ReadSaving) - (cold * Math.Max(0, sighting.Rules.PremiumOf(CacheLifetime.Short)));
        }

        public PrefixAdvice Advice(CachePartition partition, string where, DriftKinds kinds)
        {
            // What was seen for minutes is not multiplied as if it went on all day.
            var hours = Math.Max(1, (LastSeen - FirstSeen).TotalHours);
            return new PrefixAdvice
            {
                Partition = partition,
                Kinds = kinds,
                Where = where,
                FromByte = _to == 0 ? 0 : _from,
                ToByte = _to,
                Calls = Calls,
                Tokens = _tokens,
                MonthlyCost = _inputUsd is { } usd ? Money.FromUsd((decimal)Math.Round(SavingTokens * 720 / hours) * usd) : null,
                FirstSeen = FirstSeen,
                LastSeen = LastSeen,
            };
        }
    }
}
