using Sluice.Gateway.Levers.Marking.Normalising;

namespace Sluice.Gateway.Levers.Marking;

/// <summary>The bounds of what prompt-cache marking remembers and risks.</summary>
public sealed record MarkingOptions
{
    /// <summary>Prefixes that are remembered, over all partitions. Default 100,000, of about 70 bytes each.</summary>
    public int MaximumPrefixes { get; init; } = 100_000;

    /// <summary>Partitions that are remembered; the one unused for longest goes first. Default 512, of about 45 KB each besides its prefixes.</summary>
    public int MaximumPartitions { get; init; } = 512;

    /// <summary>Whether lifetimes of one hour may be used where the model has them. Default true.</summary>
    public bool AllowHour { get; init; } = true;

    /// <summary>
    /// How far a partition's write premiums may run ahead of what its reads have saved, as a fraction of all its input
    /// tokens. One prompt beyond that may always be tried. Default 0.1; at 0.02 the recorded traces cost 0.003 and 0.026 more,
    /// since what pays begins with writes.
    /// </summary>
    public double LossLimit { get; init; } = 0.1;

    /// <summary>What may be written in one form, so that prompts which mean the same share a cache. Default nothing.</summary>
    public NormaliseKinds Normalise { get; init; }
}
