using Sluice.Core;
using Sluice.Gateway.Levers.Marking.Drift;

namespace Sluice.Gateway.Levers.Marking;

/// <summary>
/// Why prompts of one partition that begin alike miss each other's cache, and what that costs. Counts are of calls that were
/// answered; tokens are estimates.
/// </summary>
public sealed record PrefixAdvice
{
    public required CachePartition Partition { get; init; }

    public required DriftKinds Kinds { get; init; }

    /// <summary>The block, such as <c>system[0]</c>, <c>tools</c> or <c>tools[3].inputSchema</c>.</summary>
    public required string Where { get; init; }

    /// <summary>Between which bytes of the block's text; both 0 where that is not told.</summary>
    public int FromByte { get; init; }

    public int ToByte { get; init; }

    /// <summary>Calls that would have read the cache and did not.</summary>
    public required long Calls { get; init; }

    /// <summary>Tokens of those calls that would have been reads; of several causes in one call, they count for the first alone.</summary>
    public required long Tokens { get; init; }

    /// <summary>
    /// What it costs in 30 days at the rate seen: reads that were missed less the writes that they would have needed, at this
    /// model's prices. An estimate; null without a price.
    /// </summary>
    public required Money? MonthlyCost { get; init; }

    public required DateTimeOffset FirstSeen { get; init; }

    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>The kinds by name, such as <c>time+uuid</c>.</summary>
    public string Kind => Kinds.Name();

    public string Fix => Kinds.Fix();
}
