using System.Buffers;

namespace Sluice.Gateway.Levers.Marking;

internal sealed partial class PartitionLearner
{
    /// <summary>A prefix's own record counts for each time it came back; its kind's counts as much as this many.</summary>
    private const double KindWeight = 4;

    /// <summary>
    /// How often a prefix that came back, and was not warm, would be written then; being warm spares that premium too. The same as
    /// the chance that such a prefix is assumed to have of coming back once more. Without it the conversation trace costs 0.002 more.
    /// </summary>
    private const double WrittenOnReturn = ReuseTable.PriorOfKnown;

    /// <summary>Late returns, or hours without any, that a prefix must have on record before twice the price is paid for it.</summary>
    private const int HourEvidence = 3;

    /// <summary>Before that record: that one which did not return soon does so within the hour. Low, since an hour's price asks for more than half.</summary>
    private const double PriorOfLater = 0.1;

    /// <summary>Readings that one write for an hour is expected to bring are not counted beyond this: by then traffic has changed.</summary>
    private const double MaximumReadings = 4;

    /// <summary>Worth of what is not allowed: lower than any real one, yet finite, so that sums of it stay numbers.</summary>
    private const double Forbidden = -1e9;

    private static readonly PrefixEntry NoRecord;

    public MarkingPlan Plan(ReadOnlySpan<PromptSpan> prompt, CacheRules rules, DateTimeOffset now)
    {
        if (prompt.IsEmpty || prompt[^1].CumulativeTokens < rules.MinimumTokens)
            return new MarkingPlan(now, MarkingOutcome.TooShort);
        if (rules.MaximumPoints <= 0)
            return new MarkingPlan(now, MarkingOutcome.NoPlace);
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
                var recent = Recent(sightings.AsSpan(0, known), nowMs);
                if (!canMark)
                    return new MarkingPlan(now, MarkingOutcome.NoPlace) { KnownBlocks = known, RecentBlocks = recent };
                var read = known - 1;
                while (read >= 0 && !(blocks[read].TakesPoint && _prefixes[sightings[read].Entry].WarmUntilMs >= nowMs))
                    read--;
                var readLivesHour = read >= 0 && _prefixes[sightings[read].Entry].Has(PrefixStates.LivesHour);
                return Choose(blocks.AsSpan(0, prompt.Length), read, readLivesHour, rules, now, known, recent);
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
        var shortPremium = rules.PremiumOf(CacheLifetime.Short);
        var returnValue = ReturnValue(rules);
        var canMark = false;
        var cell = -1;
        var soon = 0.0;
        ref readonly var record = ref NoRecord;
        for (var i = 0; i < prompt.Length; i++)
        {
            if (sightings[i].Cell != cell)
            {
                cell = sightings[i].Cell;
                soon = _reuse.Chance(cell, nowSeconds, shortWait);
            }
            // What is new has no record of its own; when it returns is told best by the prefix that it continues.
            var ownSoon = soon;
            if (i < known)
            {
                record = ref _prefixes[sightings[i].Entry];
                ownSoon = (record.SoonGaps + (KindWeight * soon)) / (record.Gaps + KindWeight);
            }
            ref var block = ref blocks[i];
            block.Tokens = prompt[i].CumulativeTokens;
            block.TakesPoint = prompt[i].PointAllowedAfter && block.Tokens >= rules.MinimumTokens;
            block.Chance = ownSoon;
            block.ShortValue = (ownSoon * returnValue) - shortPremium;
            block.HourValue = takesHour ? HourValue(ownSoon, record, block.ShortValue, rules) : Forbidden;
            canMark |= block.TakesPoint;
        }
        // Of a prefix that is too short nothing can be read, so its tokens are worth what the first that is long enough makes of them.
        var first = 0;
        while (blocks[first].Tokens < rules.MinimumTokens)
            first++;
        for (var i = 0; i < first; i++)
            (blocks[i].ShortValue, blocks[i].HourValue) = (blocks[first].ShortValue, blocks[first].HourValue);
        return canMark;
    }

    /// <summary>What a token that is warm when its prefix returns saves: the read is cheaper, and now and then a write is spared.</summary>
    private double ReturnValue(CacheRules rules) =>
        (rules.ReadSaving + (WrittenOnReturn * Math.Max(0, rules.PremiumOf(CacheLifetime.Short)))) * _reliability;

    /// <summary>
    /// What a token written for an hour is worth, over the chain of sightings that each follow the one before within an hour. A
    /// short write saves on those that follow soon and is paid again for each of the others.
    /// </summary>
    private double HourValue(double soon, in PrefixEntry record, double shortValue, CacheRules rules)
    {
        var late = record.Gaps - record.SoonGaps;
        if (late < HourEvidence)
            return Forbidden;
        var withinHour = soon + ((1 - soon) * (record.LaterGaps + (KindWeight * PriorOfLater)) / (late + KindWeight));
        var saving = rules.ReadSaving * _reliability;
        var readings = Math.Min(MaximumReadings, withinHour / Math.Max(1e-9, 1 - withinHour));
        var soonShare = withinHour <= 0 ? 0 : soon / withinHour;
        var shortPremium = rules.PremiumOf(CacheLifetime.Short);
        var shortChain = (readings * ((soonShare * saving) - ((1 - soonShare) * shortPremium))) - shortPremium;
        var hourChain = (readings * saving) - rules.PremiumOf(CacheLifetime.Hour);
        var gain = hourChain - Math.Max(0, shortChain);
        return gain > 0 ? Math.Max(0, shortValue) + gain : Forbidden;
    }

    /// <summary>How many blocks from the first on were seen within the short lifetime.</summary>
    private int Recent(ReadOnlySpan<Sighting> known, long nowMs)
    {
        var recent = 0;
        while (recent < known.Length && nowMs - _prefixes[known[recent].Entry].SeenAtMs <= _shortMs)
            recent++;
        return recent;
    }

    private MarkingPlan Choose(ReadOnlySpan<BlockWorth> blocks, int read, bool readLivesHour, CacheRules rules, DateTimeOffset now, int known, int recent)
    {
        var mayRisk = _net >= -options.LossLimit * _input;
        // Longer lifetimes come first in a request, so none of an hour follows a short one that is read.
        var takesHour = TakesHour(rules) && (read < 0 || readLivesHour);
        var (hourEnd, end) = mayRisk ? PointChoice.Ends(blocks, read, takesHour) : (read, read);

        Span<int> places = stackalloc int[Math.Min(rules.MaximumPoints, CacheRules.PointsOfAws)];
        if (places.Length < 3 && hourEnd < end)
            hourEnd = read;
        if (places.Length < 2 && read >= 0)
            hourEnd = end = read;
        var count = 0;
        foreach (var place in (ReadOnlySpan<int>)[read, hourEnd, end])
        {
            if (place >= 0 && (count == 0 || place > places[count - 1]))
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
            KnownBlocks = known,
            RecentBlocks = recent,
            BreakEven = Math.Max(0, rules.PremiumOf(CacheLifetime.Short)) / ReturnValue(rules),
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
