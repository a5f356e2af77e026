using Sluice.Core;

namespace Sluice.Lab.Replays;

/// <summary>What one lever made of a trace or a recording.</summary>
/// <param name="Calls">Requests that it changed or answered.</param>
/// <param name="Saving">Null where the recording does not tell; that is not 0.</param>
/// <param name="Note">Why it did nothing, or what its figure rests on; null where there is nothing to say.</param>
public sealed record ReplayedLever(string Lever, long Calls, Money? Saving, string? Note)
{
    /// <summary>The part of the saving that rests on counts that were estimated.</summary>
    public Money Estimated { get; init; }
}
