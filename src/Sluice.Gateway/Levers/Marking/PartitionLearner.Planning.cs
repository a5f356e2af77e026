using System.Buffers;

namespace Sluice.Gateway.Levers.Marking;

internal sealed partial class PartitionLearner
{
    /// <summary>A prefix's own record counts for each time it came back; its kind's counts as much as this many.</summary>
    private static readonly double KindWeight = Knob.KW;

    /// <summary>Requests or returns that a chance within the hour must rest on before twice the price is paid for it.</summary>
    private const double HourEvidence = 4;

    /// <summary>Readings that one write for an hour is expected to bring are not counted beyond this: by then traffic has changed.</summary>
    private const double MaximumReadings = 10;

    /// <summary>Worth of what is not allowed: lower than any real one, yet finite, so that sums of it stay numbers.</summary>
    private const double Forbidden = -1e9;

    public MarkingPlan Plan(ReadOnlySpan<PromptSpan> prompt, CacheRules rules, DateTimeOffset now)
    {
        if (prompt.IsEmpty || prompt[^1].CumulativeTokens < rules.MinimumTokens)
            return new MarkingPlan(now, MarkingOutcome.TooShort);
        var sightings = ArrayPool<Sighting>.Shared.Rent(prompt.Length);
        var blocks = ArrayPool<BlockWorth>.Shared.Rent(prompt.Length);
        try
        {
            lock (_gate)
            {
                var nowMs = now.ToUnixTimeMilliseconds();
                Resolve(nowMs, rules);
                var known = Look(prompt, sightings.AsSpan(0, prompt.Length), nowMs);
                var canMark = Value(prompt, sightings, known, rules, nowMs, blocks);
                if (!canMark)
                    return new MarkingPlan(now, MarkingOutcome.NoPlace);
                var read = known - 1;
                while (read >= 0 && !(blocks[read].TakesPoint && _prefixes[sightings[read].Entry].WarmUntilMs > nowMs))
                    read--;
                var readLivesHour = read >= 0 && _prefixes[sightings[read].Entry].Has(PrefixStates.LivesHour);
                return Choose(blocks.AsSpan(0, prompt.Length), read, readLivesHour, rules, now);
            }
        }
        finally
        {
            ArrayPool<Sighting>.Shared.Return(sightings);
            ArrayPool<BlockWorth>.Shared.Return(blocks);
        }
    }

    /// <summary>Works out each block's chances and worth; false where none can carry a point.</summary>
    private bool Value(ReadOnlySpan<PromptSpan> prompt, ReadOnlySpan<Sighting> sightings, int known, CacheRules rules, long nowMs, Span<BlockWorth> blocks)
    {
        var nowSeconds = Seconds(nowMs);
        var shortWait = rules.ShortLifetime.TotalSeconds;
        var takesHour = TakesHour(rules);
        var canMark = false;
        var cell = -1;
        double soon = 0, later = 0, laterTrials = 0;
        for (var i = 0; i < prompt.Length; i++)
        {
            if (sightings[i].Cell != cell)
            {
                cell = sightings[i].Cell;
                soon = _reuse.Chance(later: false, cell, nowSeconds, shortWait);
                if (takesHour)
                {
                    later = _reuse.Chance(later: true, cell, nowSeconds, HourSeconds - shortWait);
                    laterTrials = _reuse.Trials(later: true, cell, nowSeconds, HourSeconds - shortWait);
                }
            }
            var (ownSoon, ownLater, trials) = (soon, later, laterTrials);
            if (i < known)
            {
                ref readonly var entry = ref _prefixes[sightings[i].Entry];
                var late = entry.Gaps - entry.SoonGaps;
                ownSoon = (entry.SoonGaps + (KindWeight * soon)) / (entry.Gaps + KindWeight);
                ownLater = (entry.LaterGaps + (KindWeight * later)) / (late + KindWeight);
                trials += late;
            }
            ref var block = ref blocks[i];
            block.Tokens = prompt[i].CumulativeTokens;
            block.TakesPoint = prompt[i].PointAllowedAfter && block.Tokens >= rules.MinimumTokens;
            block.Chance = ownSoon;
            block.ShortValue = (ownSoon * rules.ReadSaving * Knob.GM * _reliability) - rules.PremiumOf(CacheLifetime.Short);
            block.HourValue = takesHour && trials >= HourEvidence
                ? HourValue(ownSoon, ownSoon + ((1 - ownSoon) * ownLater), block.ShortValue, rules) : Forbidden;
            canMark |= block.TakesPoint;
        }
        return canMark;
    }

    /// <summary>
    /// What a token written for an hour is worth, over the chain of sightings that each follow the one before within an hour. A
    /// short write saves on those that follow soon and is paid again for each of the others.
    /// </summary>
    private double HourValue(double soon, double withinHour, double shortValue, CacheRules rules)
    {
        var saving = rules.ReadSaving * _reliability;
        var readings = withinHour >= 1 ? MaximumReadings : Math.Min(MaximumReadings, withinHour / (1 - withinHour));
        var soonShare = withinHour <= 0 ? 0 : soon / withinHour;
        var shortPremium = rules.PremiumOf(CacheLifetime.Short);
        var shortChain = (readings * ((soonShare * saving) - ((1 - soonShare) * shortPremium))) - shortPremium;
        var hourChain = (readings * saving) - rules.PremiumOf(CacheLifetime.Hour);
        var gain = hourChain - Math.Max(0, shortChain);
        return gain > 0 ? Math.Max(0, shortValue) + gain : Forbidden;
    }

    private MarkingPlan Choose(ReadOnlySpan<BlockWorth> blocks, int read, bool readLivesHour, CacheRules rules, DateTimeOffset now)
    {
        var mayRisk = _net >= -options.LossLimit * _input;
        // Longer lifetimes come first in a request, so none of an hour follows a short one that is read.
        var takesHour = TakesHour(rules) && (read < 0 || readLivesHour);
        var (hourEnd, end) = mayRisk ? PointChoice.Ends(blocks, read, takesHour) : (read, read);

        Span<int> places = stackalloc int[Math.Min(rules.MaximumPoints, CacheRules.PointsOfAws)];
        var count = 0;
        foreach (var place in (ReadOnlySpan<int>)[read, hourEnd, end])
        {
            if (place >= 0 && count < places.Length && (count == 0 || place > places[count - 1]))
                places[count++] = place;
        }
        count = PointChoice.Spread(blocks, places, count);
        Span<CachePoint> points = stackalloc CachePoint[count];
        for (var i = 0; i < count; i++)
            points[i] = new CachePoint(places[i], places[i] <= hourEnd && (hourEnd > read || readLivesHour) ? CacheLifetime.Hour : CacheLifetime.Short);

        var outcome = (read >= 0, end > read) switch
        {
            (true, true) => MarkingOutcome.ReadsAndWrites,
            (false, true) => MarkingOutcome.Writes,
            _ when !mayRisk => MarkingOutcome.LossLimit,
            (true, false) => MarkingOutcome.Reads,
            _ => MarkingOutcome.WouldNotPay,
        };
        var readTokens = TokensAt(blocks, read);
        return new MarkingPlan(now, outcome, points)
        {
            ReadTokens = readTokens,
            HourWriteTokens = TokensAt(blocks, hourEnd) - readTokens,
            ShortWriteTokens = TokensAt(blocks, end) - TokensAt(blocks, hourEnd),
            ExpectedSavingTokens = (readTokens * rules.ReadSaving) + Expected(blocks, read, hourEnd, end),
            Likelihood = end > read ? blocks[end].Chance : Likeliest(blocks, read + 1),
            BreakEven = rules.PremiumOf(CacheLifetime.Short) / rules.ReadSaving,
        };
    }

    private static int TokensAt(ReadOnlySpan<BlockWorth> blocks, int block) => block < 0 ? 0 : blocks[block].Tokens;

    private static double Expected(ReadOnlySpan<BlockWorth> blocks, int read, int hourEnd, int end)
    {
        var sum = 0.0;
        for (var i = read + 1; i <= end; i++)
            sum += (blocks[i].Tokens - TokensAt(blocks, i - 1)) * (i <= hourEnd ? blocks[i].HourValue : blocks[i].ShortValue);
        return sum;
    }

    private static double Likeliest(ReadOnlySpan<BlockWorth> blocks, int from)
    {
        var best = 0.0;
        for (var i = from; i < blocks.Length; i++)
        {
            if (blocks[i].TakesPoint)
                best = Math.Max(best, blocks[i].Chance);
        }
        return best;
    }
}
