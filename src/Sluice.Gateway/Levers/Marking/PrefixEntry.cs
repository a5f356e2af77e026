namespace Sluice.Gateway.Levers.Marking;

[Flags]
internal enum PrefixStates : byte
{
    None = 0,

    /// <summary>The short lifetime since its last sighting is not over.</summary>
    WaitsSoon = 1,

    /// <summary>It is over, and the hour is not.</summary>
    WaitsLater = 2,

    /// <summary>What is cached of it lives for one hour.</summary>
    LivesHour = 4,

    /// <summary>It was seen more than once, so it is forgotten after those that were not.</summary>
    Returned = 8,
}

/// <summary>What is known of one prefix: 64 bytes, and nothing of its text but the hash.</summary>
internal struct PrefixEntry
{
    public ulong Hash;
    public long SeenAtMs;
    public long WarmUntilMs;

    /// <summary>Links of the hash chain and of the list by time of last sighting; -1 ends them.</summary>
    public int Chain, Newer, Older;

    public int Sightings;

    /// <summary>Tokens written to the cache with this prefix's point that nobody has read yet.</summary>
    public int UnreadTokens;

    /// <summary>How much the sighting that is waiting counts, and in which cell of the reuse table.</summary>
    public float Weight;
    public short Cell;

    /// <summary>Sightings whose sequel is known; how many were followed by another soon, and how many later but within the hour. Halved together when full.</summary>
    public byte Gaps, SoonGaps, LaterGaps;
    public PrefixStates States;

    /// <summary>How long the reply to its last sighting was.</summary>
    public byte Reply;

    public readonly bool Has(PrefixStates states) => (States & states) != PrefixStates.None;
}
