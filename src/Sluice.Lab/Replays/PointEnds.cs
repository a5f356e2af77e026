using Sluice.Gateway.Levers.Marking;

namespace Sluice.Lab.Replays;

/// <summary>Where the strategies that Sluice is held against would end what they write.</summary>
internal static class PointEnds
{
    /// <summary>The whole prompt; and, since a point is read at its own place only, also what was seen before and the last block but one.</summary>
    public static int[] OfAll(ReadOnlySpan<PromptSpan> prompt, HashSet<ulong> seen) => [Seen(prompt, seen), prompt.Length - 2, prompt.Length - 1];

    public static int[] OfSeen(ReadOnlySpan<PromptSpan> prompt, HashSet<ulong> seen) => [Seen(prompt, seen)];

    /// <summary>At most as many points as the rules allow: the one that reads, and the last of the others.</summary>
    public static CachePoint[] Points(ReadOnlySpan<PromptSpan> prompt, ReadOnlySpan<int> ends, int readable, CacheRules rules)
    {
        var blocks = new SortedSet<int>();
        foreach (var end in ends)
        {
            var block = end;
            while (block >= 0 && !prompt[block].PointAllowedAfter)
                block--;
            if (block >= 0 && prompt[block].CumulativeTokens >= rules.MinimumTokens)
                blocks.Add(block);
        }
        while (blocks.Count > (readable >= 0 && !blocks.Contains(readable) ? rules.MaximumPoints - 1 : rules.MaximumPoints))
            blocks.Remove(blocks.First(block => block != readable));
        if (readable >= 0)
            blocks.Add(readable);
        return [.. blocks.Select(block => new CachePoint(block, CacheLifetime.Short))];
    }

    private static int Seen(ReadOnlySpan<PromptSpan> prompt, HashSet<ulong> seen)
    {
        var known = 0;
        while (known < prompt.Length && seen.Contains(prompt[known].Hash))
            known++;
        return known - 1;
    }
}
