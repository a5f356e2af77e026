using Sluice.Gateway.Levers.SemanticRecall.Bounding;

namespace Sluice.Gateway.Levers.SemanticRecall.Storing;

/// <summary>How much is kept and how sure a match must be.</summary>
public sealed record SemanticMemoryOptions
{
    /// <summary>Bytes of texts and vectors over all partitions; answers lie elsewhere. 128 MB by default.</summary>
    public long MaxBytes { get; init; } = 128L << 20;

    /// <summary>What lies farther is not looked at. It bounds the work, it decides nothing. 0.5 by default.</summary>
    public float MinCosine { get; init; } = 0.5f;

    public ErrorBoundOptions Bound { get; init; } = new();

    public int Seed { get; init; } = 1;
}
