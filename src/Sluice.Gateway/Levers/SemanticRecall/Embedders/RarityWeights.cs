using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Sluice.Gateway.Levers.SemanticRecall.Embedders;

/// <summary>
/// How much each dimension says: the inverse document frequency, ln((1 + texts) / (1 + texts with it)) + 1, and for repeats
/// within a text 1 + ln(count). Immutable; which texts it learned from shows in <see cref="Version"/>.
/// </summary>
public sealed class RarityWeights
{
    private static readonly float[] Repeats = [0, .. Enumerable.Range(1, byte.MaxValue).Select(n => 1 + MathF.Log(n))];

    private readonly float[] _weights;

    /// <param name="textsWith">For each dimension, how many of the texts have it.</param>
    public RarityWeights(int texts, int[] textsWith)
    {
        if (textsWith.Length != CharacterFeatures.DimensionCount)
            throw new ArgumentException($"There are {textsWith.Length} frequencies and should be {CharacterFeatures.DimensionCount}; train the model again.", nameof(textsWith));
        (Texts, TextsWith) = (texts, textsWith);
        _weights = [.. textsWith.Select(n => MathF.Log((1f + texts) / (1f + Math.Min(n, texts))) + 1)];
        Version = texts == 0 ? "unweighted" : Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<int>([texts, .. textsWith])))[..12];
    }

    /// <summary>Every dimension weighs the same: what there is before any text was seen.</summary>
    public static RarityWeights Unweighted { get; } = new(0, new int[CharacterFeatures.DimensionCount]);

    public int Texts { get; }

    public int[] TextsWith { get; }

    public string Version { get; }

    public ReadOnlySpan<float> ByDimension => _weights;

    /// <summary>The weight of a feature that occurs so often in a text.</summary>
    public float Of(ushort dimension, byte count) => _weights[dimension] * Repeats[count];

    /// <summary>The part of a weight that repeats make.</summary>
    public static float OfRepeats(byte count) => Repeats[count];

    public float Length(Embedding embedding)
    {
        var sum = 0f;
        for (var i = 0; i < embedding.Dimensions.Length; i++)
        {
            var weight = Of(embedding.Dimensions[i], embedding.Counts[i]);
            sum += weight * weight;
        }
        return MathF.Sqrt(sum);
    }

    public float Cosine(Embedding a, Embedding b)
    {
        var sum = 0f;
        var (i, j) = (0, 0);
        while (i < a.Dimensions.Length && j < b.Dimensions.Length)
        {
            var order = a.Dimensions[i] - b.Dimensions[j];
            if (order == 0)
                sum += Of(a.Dimensions[i], a.Counts[i]) * Of(b.Dimensions[j], b.Counts[j]);
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
        return sum == 0 ? 0 : Math.Min(1, sum / (Length(a) * Length(b)));
    }
}
