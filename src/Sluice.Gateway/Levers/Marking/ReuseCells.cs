using System.Numerics;

namespace Sluice.Gateway.Levers.Marking;

/// <summary>
/// The kinds of sightings whose reuse is counted apart. Each kind lies in a coarser one, so that one that was seldom seen
/// leans on what is known of its like. The kinds are what a chat, an agent, a document that many ask about and a one-off
/// differ by, with round numbers for borders. That there are five bands of tails rather than nine, and that the reply's length is
/// among them, was chosen with the figures of two recorded traces in view (docs/levers/marking.md); either moved them by
/// 0.005 at most.
/// </summary>
internal static class ReuseCells
{
    private const int Sightings = 5, Replies = 5, Ages = 8, Tails = 5, Origins = Sightings + 1, Ends = 3;

    private const int KnownTail = 0;
    private const int KnownAge = KnownTail + (Sightings * Replies * Ages * Tails);
    private const int KnownReply = KnownAge + (Sightings * Replies * Ages);
    private const int KnownSightings = KnownReply + (Sightings * Replies);
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
    /// <param name="reply">The band of how long the reply to it was then. Nobody goes on with the one word of a classifier.</param>
    /// <param name="ageMs">Time since it was last.</param>
    /// <param name="tailTokens">Tokens of the prompt that come after its last known prefix.</param>
    public static short OfKnown(int sightings, byte reply, long ageMs, int tailTokens) =>
        (short)(KnownTail + (((((SightingsBand(sightings) * Replies) + reply) * Ages) + AgeBand(ageMs)) * Tails) + TailBand(tailTokens));

    /// <summary>A prefix that is new.</summary>
    /// <param name="originSightings">How often the longest known prefix before it was seen: once or twice in a conversation, often for what all share; 0 where none is known.</param>
    /// <param name="blocksAfter">Blocks that follow it to the prompt's end. What comes last is often the question, which nobody asks twice.</param>
    /// <param name="tailTokens">Tokens of the prompt that are new.</param>
    public static short OfFresh(int originSightings, int blocksAfter, int tailTokens)
    {
        var origin = originSightings == 0 ? 0 : 1 + SightingsBand(originSightings);
        return (short)(FreshTail + (((Math.Min(blocksAfter, Ends - 1) * Origins) + origin) * Tails) + TailBand(tailTokens));
    }

    /// <summary>How long a reply was; 0 where it is not known.</summary>
    public static byte ReplyBand(long outputTokens) => outputTokens switch { <= 0 => 0, <= 8 => 1, <= 64 => 2, <= 512 => 3, _ => 4 };

    private static int SightingsBand(int sightings) => sightings switch { 1 => 0, 2 => 1, <= 4 => 2, <= 8 => 3, _ => 4 };

    private static int AgeBand(long ageMs) => ageMs switch
    {
        <= 15_000 => 0,
        <= 30_000 => 1,
        <= 60_000 => 2,
        <= 120_000 => 3,
        <= 300_000 => 4,
        <= 900_000 => 5,
        <= 3_600_000 => 6,
        _ => 7,
    };

    /// <summary>Fourfold steps from 1,024 tokens.</summary>
    private static int TailBand(int tokens) => tokens < 1024 ? 0 : tokens < 4096 ? 1 : tokens < 16384 ? 2 : tokens < 65536 ? 3 : 4;

    private static short[] BuildParents()
    {
        var parents = new short[Count];
        for (var i = 0; i < Count; i++)
        {
            parents[i] = (short)(i switch
            {
                < KnownAge => KnownAge + (i / Tails),
                < KnownReply => KnownReply + ((i - KnownAge) / Ages),
                < KnownSightings => KnownSightings + ((i - KnownReply) / Replies),
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
