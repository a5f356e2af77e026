using Sluice.Core.Metering;

namespace Sluice.Gateway.Levers.Marking;

/// <summary>Knowing what is warm, and what it cost and saved.</summary>
internal sealed partial class PartitionLearner
{
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
        if (entry.WarmUntilMs >= atMs)
            lifetime = entry.Has(PrefixStates.LivesHour) ? CacheLifetime.Hour : CacheLifetime.Short;
        entry.States = lifetime == CacheLifetime.Hour ? entry.States | PrefixStates.LivesHour : entry.States & ~PrefixStates.LivesHour;
        entry.WarmUntilMs = Math.Max(entry.WarmUntilMs, atMs + (long)rules.LifetimeOf(lifetime).TotalMilliseconds);
    }

    /// <summary>The block up to which AWS reads with these points, as far as is known; or -1.</summary>
    private int ReadBy(MarkingPlan plan, ReadOnlySpan<PromptSpan> prompt, ReadOnlySpan<Sighting> known, CacheRules rules, long atMs)
    {
        for (var p = plan.Points.Length - 1; p >= 0; p--)
        {
            var point = plan.Points[p].Block;
            for (var i = Math.Min(point, known.Length - 1); i >= 0 && i >= point - rules.Lookback && prompt[i].CumulativeTokens >= rules.MinimumTokens; i--)
            {
                if (_prefixes[known[i].Entry].WarmUntilMs >= atMs)
                    return i;
            }
        }
        return -1;
    }
}
