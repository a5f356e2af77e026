using System.Numerics;

namespace Sluice.Gateway.Levers.Marking;

/// <summary>
/// The kinds of sightings whose reuse is counted apart. Each kind lies in a coarser one, so that one that was seldom seen
/// leans on what is known of its like. The kinds are what a chat, an agent, a document that many ask about and a one-off
/// differ by; their borders are round numbers and were not fitted to a trace.
/// </summary>
internal static class ReuseCells
{
    private const int Sightings = 5, Ages = 8, Tails = 9, Origins = Sightings + 1, Ends = 3;

    private const int KnownTail = 0;
    private const int KnownAge = KnownTail + (Sightings * Ages * Tails);
    private const int KnownSightings = KnownAge + (Sightings * Ages);
    private const int Known = KnownSightings + Sightings;
    private const int FreshTail = Known + 1;
    private const int FreshOrigin = FreshTail + (Ends * Origins * Tails);
    private const int FreshEnd = FreshOrigin + (Ends * Origins);
    private const int Fresh = FreshEnd + Ends;

    public const int Count = Fresh + 1;

    /// <summary>The coarser cell that each lies in; -1 for the two coarsest.</summary>
    public static readonly short[] Parent = BuildParents();

    /// <summary>Whether the cell is of prefixes that were not seen before.</summary>
    public static bool IsFresh(int cell) => cell >= FreshTail;

    /// <summary>A prefix that was seen before.</summary>
    /// <param name="sightings">How often.</param>
    /// <param name="ageMs">Time since it was last.</param>
    /// <param name="tailTokens">Tokens of the prompt that come after its last known prefix.</param>
    public static short OfKnown(int sightings, long ageMs, int tailTokens) =>
        (short)(KnownTail + (((SightingsBand(sightings) * Ages) + AgeBand(ageMs)) * Tails) + TailBand(tailTokens));

    /// <summary>A prefix that is new.</summary>
    /// <param name="originSightings">How often the longest known prefix before it was seen: once or twice in a conversation, often for what all share; 0 where none is known.</param>
    /// <param name="blocksAfter">Blocks that follow it to the prompt's end. What comes last is often the question, which nobody asks twice.</param>
    /// <param name="tailTokens">Tokens of the prompt that are new.</param>
    public static short OfFresh(int originSightings, int blocksAfter, int tailTokens)
    {
        var origin = originSightings == 0 ? 0 : 1 + SightingsBand(originSightings);
        return (short)(FreshTail + (((Math.Min(blocksAfter, Ends - 1) * Origins) + origin) * Tails) + TailBand(tailTokens));
    }

    private static int SightingsBand(int sightings) => sightings switch { 1 => 0, 2 => 1, <= 4 => 2, <= 8 => 3, _ => 4 };

    private static int AgeBand(long ageMs) => ageMs switch
    {
        <= 15_000 => 0, <= 30_000 => 1, <= 60_000 => 2, <= 120_000 => 3, <= 300_000 => 4, <= 900_000 => 5, <= 3_600_000 => 6, _ => 7,
    };

    /// <summary>Doubling from 512 tokens.</summary>
    private static int TailBand(int tokens) => Math.Min(BitOperations.Log2((uint)(tokens / 512)) + (tokens < 512 ? 0 : 1), Tails - 1);

    private static short[] BuildParents()
    {
        var parents = new short[Count];
        for (var i = 0; i < Count; i++)
        {
            parents[i] = (short)(i switch
            {
                < KnownAge => KnownAge + (i / Tails),
                < KnownSightings => KnownSightings + ((i - KnownAge) / Ages),
                < Known => Known,
                Known => -1,
                < FreshOrigin => FreshOrigin + ((i - FreshTail) / Tails),
                < FreshEnd => FreshEnd + ((i - FreshOrigin) / Origins),
                < Fresh => Fresh,
                _ => -1,
            });
        }
        return parents;
    }
}
