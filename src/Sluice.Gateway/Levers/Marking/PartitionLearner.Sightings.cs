namespace Sluice.Gateway.Levers.Marking;

/// <summary>Counting which prefixes come back, and when.</summary>
internal sealed partial class PartitionLearner
{
    /// <summary>Counts this sighting of each prefix, and settles the one before it.</summary>
    private void Sight(ReadOnlySpan<PromptSpan> prompt, Span<Sighting> sightings, long atMs, byte reply)
    {
        var ended = new Run(_reuse, isEnd: true);
        var begun = new Run(_reuse, isEnd: false);
        // From the end, so that of one prompt the beginning is the newest and forgotten last.
        for (var i = prompt.Length - 1; i >= 0; i--)
        {
            ref var sighting = ref sightings[i];
            if (i + 1 < prompt.Length && prompt[i].Hash == prompt[i + 1].Hash)
            {
                // An empty block ends the same prefix; it was not seen twice.
                sighting.Entry = sightings[i + 1].Entry;
                continue;
            }
            // Behind a prefix that was forgotten, longer ones may still be known.
            if (sighting.Entry < 0)
                sighting.Entry = _prefixes.Find(prompt[i].Hash);
            if (sighting.Entry < 0)
            {
                sighting.Entry = _prefixes.Add(prompt[i].Hash, atMs);
            }
            else
            {
                ref var known = ref _prefixes[sighting.Entry];
                if (known.Has(PrefixStates.WaitsSoon | PrefixStates.WaitsLater))
                    CountGap(ref known, known.Has(PrefixStates.WaitsSoon), known.Has(PrefixStates.WaitsLater));
                if (known.Has(PrefixStates.WaitsSoon))
                    ended.Add(known.Cell, known.Weight, Seconds(known.SeenAtMs), Waited(known, atMs));
                known.States &= ~(PrefixStates.WaitsSoon | PrefixStates.WaitsLater);
                _prefixes.Renew(sighting.Entry, atMs);
            }
            ref var entry = ref _prefixes[sighting.Entry];
            entry.Reply = reply;
            entry.Sightings = Math.Min(entry.Sightings + 1, int.MaxValue - 1);
            entry.Cell = sighting.Cell;
            entry.Weight = sighting.Weight;
            entry.States |= PrefixStates.WaitsSoon;
            begun.Add(entry.Cell, entry.Weight, Seconds(entry.SeenAtMs), waited: 0);
        }
        ended.Flush();
        begun.Flush();
    }

    /// <summary>Neighbouring blocks are mostly of one kind and were last seen together; they are counted at once.</summary>
    private struct Run(ReuseTable table, bool isEnd)
    {
        private int _cell;
        private double _weight, _atSeconds, _waited;

        public void Add(int cell, double weight, double atSeconds, double waited)
        {
            if (cell != _cell || atSeconds != _atSeconds || waited != _waited)
            {
                Flush();
                (_cell, _atSeconds, _waited) = (cell, atSeconds, waited);
            }
            _weight += weight;
        }

        public void Flush()
        {
            if (_weight > 0 && isEnd)
                table.End(_cell, _weight, _atSeconds, reused: true, _waited);
            else if (_weight > 0)
                table.Begin(_cell, _weight, _atSeconds);
            _weight = 0;
        }
    }

    private double Waited(in PrefixEntry entry, long nowMs) => Math.Clamp((double)(nowMs - entry.SeenAtMs) / _shortMs, 0, 1);

    /// <summary>Ends whatever wait it is in without a return.</summary>
    private void GiveUp(ref PrefixEntry entry, long nowMs)
    {
        if (entry.Has(PrefixStates.WaitsSoon))
            _reuse.End(entry.Cell, entry.Weight, Seconds(entry.SeenAtMs), reused: false, Waited(entry, nowMs));
        entry.States &= ~(PrefixStates.WaitsSoon | PrefixStates.WaitsLater);
    }

    /// <summary>Settles what has waited for longer than a lifetime: it was not reused, and what was written and not read is wasted.</summary>
    private void Resolve(long nowMs, CacheRules rules)
    {
        _shortMs = (long)rules.ShortLifetime.TotalMilliseconds;
        for (int i; (i = _prefixes.NextWaiting(PrefixStates.WaitsSoon, nowMs - _shortMs)) >= 0;)
        {
            ref var entry = ref _prefixes[i];
            GiveUp(ref entry, nowMs);
            entry.States |= PrefixStates.WaitsLater;
            if (!entry.Has(PrefixStates.LivesHour))
                Waste(ref entry);
        }
        for (int i; (i = _prefixes.NextWaiting(PrefixStates.WaitsLater, nowMs - HourMs)) >= 0;)
        {
            ref var entry = ref _prefixes[i];
            GiveUp(ref entry, nowMs);
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
}
