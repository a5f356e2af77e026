namespace Sluice.Gateway.Levers.Marking;

/// <summary>What a block's prefix promises, per token.</summary>
internal struct BlockWorth
{
    /// <summary>Tokens of the prompt to the end of this block.</summary>
    public int Tokens;

    /// <summary>Whether a point may stand after the block and would be long enough.</summary>
    public bool TakesPoint;

    /// <summary>The chance that its prefix is seen again within the lifetime that it would have.</summary>
    public double Chance;

    /// <summary>Expected saving of writing the block's own tokens, the premium taken off; for each lifetime.</summary>
    public double ShortValue, HourValue;
}

/// <summary>Where what is written ends, and where else points help.</summary>
internal static class PointChoice
{
    /// <summary>
    /// How much likelier the beginning of a stretch is to be shared than its end where nothing tells them apart. It only breaks
    /// ties, and spreads points that cost nothing over long stretches.
    /// </summary>
    private const double Decline = 0.02;

    /// <summary>
    /// The blocks up to which writing for an hour, and from there for the short lifetime, is worth most; both are
    /// <paramref name="read"/> where nothing is worth writing.
    /// </summary>
    /// <param name="blocks">All blocks of the prompt.</param>
    /// <param name="read">The last block that is read, or -1.</param>
    /// <param name="takesHour">Whether what is written may live for an hour.</param>
    public static (int HourEnd, int ShortEnd) Ends(ReadOnlySpan<BlockWorth> blocks, int read, bool takesHour)
    {
        double shortSum = 0, hourSum = 0, bestHour = 0, best = 0;
        int hourEnd = read, bestHourEnd = read, end = read;
        for (var i = read + 1; i < blocks.Length; i++)
        {
            var tokens = blocks[i].Tokens - (i == 0 ? 0 : blocks[i - 1].Tokens);
            shortSum += tokens * blocks[i].ShortValue;
            hourSum += tokens * blocks[i].HourValue;
            if (!blocks[i].TakesPoint)
                continue;
            // Of writing for an hour up to a block and for less from there, only the difference at that block matters.
            if (takesHour && hourSum - shortSum > bestHour)
                (bestHour, bestHourEnd) = (hourSum - shortSum, i);
            if (bestHour + shortSum > best)
                (best, hourEnd, end) = (bestHour + shortSum, bestHourEnd, i);
        }
        return (hourEnd, end);
    }

    /// <summary>
    /// Adds points up to the last one, each where it makes most tokens readable for requests that share less than the next
    /// point's prefix. They cost nothing: what lies before the last point is read or written anyway.
    /// </summary>
    /// <param name="blocks">All blocks of the prompt.</param>
    /// <param name="points">The points that must be, in order; receives the others between them.</param>
    /// <param name="count">How many must be.</param>
    /// <returns>How many there are now.</returns>
    public static int Spread(ReadOnlySpan<BlockWorth> blocks, Span<int> points, int count)
    {
        while (count > 0 && count < points.Length)
        {
            var best = 0.0;
            int place = -1, position = 0;
            for (int p = 0, from = -1; p < count; from = points[p++])
            {
                var (low, high) = (from < 0 ? 0 : blocks[from].Tokens, blocks[points[p]].Tokens);
                for (var i = from + 1; i < points[p]; i++)
                {
                    if (!blocks[i].TakesPoint)
                        continue;
                    var likelier = blocks[i].Chance - blocks[points[p]].Chance + (Decline * (high - blocks[i].Tokens) / (high - low));
                    var gain = (blocks[i].Tokens - low) * likelier;
                    if (gain > best)
                        (best, place, position) = (gain, i, p);
                }
            }
            if (place < 0)
                break;
            points[position..count].CopyTo(points[(position + 1)..]);
            points[position] = place;
            count++;
        }
        return count;
    }
}
