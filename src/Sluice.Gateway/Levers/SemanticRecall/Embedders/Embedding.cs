namespace Sluice.Gateway.Levers.SemanticRecall.Embedders;

/// <summary>
/// Where a text lies in an embedder's space: sparse, as counts of features that the index weighs, or dense, as numbers of unit
/// length. Two embeddings compare only if one embedder made both.
/// </summary>
public sealed class Embedding
{
    private Embedding(ushort[] dimensions, byte[] counts, float[] values) => (Dimensions, Counts, Values) = (dimensions, counts, values);

    /// <summary>The dimensions that are not 0, ascending; empty for a dense embedding.</summary>
    public ushort[] Dimensions { get; }

    /// <summary>How often the feature of each dimension occurs, 255 at most; as long as <see cref="Dimensions"/>.</summary>
    public byte[] Counts { get; }

    /// <summary>The numbers of a dense embedding, of unit length; empty for a sparse one.</summary>
    public float[] Values { get; }

    public bool IsSparse => Values.Length == 0;

    public static Embedding Sparse(ushort[] dimensions, byte[] counts) => new(dimensions, counts, []);

    /// <summary>Takes the numbers as they are and scales them to unit length; all zeros stay zeros.</summary>
    public static Embedding Dense(float[] values)
    {
        if (values.Length == 0)
            throw new ArgumentException("A dense embedding has at least one number.", nameof(values));
        var length = Math.Sqrt(values.Sum(v => (double)v * v));
        return new([], [], length > 0 ? [.. values.Select(v => (float)(v / length))] : values);
    }
}
