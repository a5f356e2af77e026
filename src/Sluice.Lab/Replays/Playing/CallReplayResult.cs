namespace Sluice.Lab.Replays.Playing;

/// <summary>A model of which calls could not be priced.</summary>
/// <param name="FirstPlace">File and line of the first of them.</param>
/// <param name="IsUncounted">It was counts that the first lacked, not a price.</param>
public sealed record UnpricedModel(string FirstPlace, bool IsUncounted)
{
    public long Calls { get; init; }
}

/// <summary>What a recording cost and would have cost.</summary>
public sealed record CallReplayResult
{
    public required string Form { get; init; }

    public required CallGroup All { get; init; }

    /// <summary>By the tag <c>app</c>; calls without one under the empty name.</summary>
    public required IReadOnlyDictionary<string, CallGroup> ByApp { get; init; }

    /// <summary>By the tag <c>task</c>.</summary>
    public required IReadOnlyDictionary<string, CallGroup> ByTask { get; init; }

    public required IReadOnlyList<ReplayedLever> Levers { get; init; }

    /// <summary>As for a trace; null where the output lever is off or no call was limited.</summary>
    public double? ReservedRatio { get; init; }

    /// <summary>Calls whose old cost is the recording's own word; the others are priced by the book on the day of each.</summary>
    public required long PricedWhenRecorded { get; init; }

    /// <summary>Calls of kinds that no lever touches, or that can't be played; they cost what they did.</summary>
    public required long Kept { get; init; }

    /// <summary>The models of calls whose cost is not known.</summary>
    public required IReadOnlyDictionary<string, UnpricedModel> Unpriced { get; init; }

    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    public ReplayedLever? Lever(string name) => Levers.FirstOrDefault(l => l.Lever == name);
}
