using Sluice.Gateway.Levers.SemanticRecall.Embedders;

namespace Sluice.Gateway.Levers.SemanticRecall.Indexing;

/// <summary>
/// Dimensions by how many entries have them, from rare to frequent, and for each entry how much of its length lies in the
/// frequent ones. A search that has read the rare lists knows by that what the others can add to a cosine at most: the product of both
/// lengths there (Cauchy and Schwarz), which is far less than the query's alone. Not thread-safe.
/// </summary>
/// <remarks>The bound of L2AP (Anastasiu and Karypis 2014), with few prefixes that all entries share rather than one an entry.</remarks>
internal sealed class FrequencyClasses
{
    /// <summary>A dimension is of a class when more than this share of the entries have it. Of three series that were tried on QQP this one had the shortest tail, by a tenth.</summary>
    private static readonly float[] Shares = [1f / 128, 1f / 32, 1f / 8];

    private readonly byte[] _classes;
    private readonly byte[][] _tails = [.. Shares.Select(_ => Array.Empty<byte>())];

    /// <param name="of">How many entries there are.</param>
    public FrequencyClasses(PostingLists postings, int dimensions, int of)
    {
        Of = of;
        _classes = [.. Enumerable.Range(0, dimensions).Select(d => (byte)Shares.Count(share => postings.LengthOf(d) > share * of))];
    }

    /// <summary>How many there are; the first is of the rare dimensions.</summary>
    public static int Count => Shares.Length + 1;

    /// <summary>How many entries they were made for; with many more, others may serve better.</summary>
    public int Of { get; }

    public long Bytes => _classes.Length + _tails.Sum(t => (long)t.Length);

    public int ClassOf(int dimension) => _classes[dimension];

    /// <summary>For each slot the length of its unit vector in the classes above one, in 255ths and rounded up.</summary>
    public ReadOnlySpan<byte> TailsAbove(int frequency) => _tails[frequency];

    public void Resize(int slots)
    {
        foreach (ref var tails in _tails.AsSpan())
            Array.Resize(ref tails, slots);
    }

    public void Set(int slot, ReadOnlySpan<byte> packed, RarityWeights weights, float inverseLength)
    {
        Span<float> squares = stackalloc float[Count];
        squares.Clear();
        foreach (var (dimension, count) in new PackedVector.Features(packed))
        {
            var part = weights.Of((ushort)dimension, count) * inverseLength;
            squares[_classes[dimension]] += part * part;
        }
        var sum = 0f;
        for (var i = Shares.Length - 1; i >= 0; i--)
        {
            sum += squares[i + 1];
            _tails[i][slot] = (byte)Math.Clamp(MathF.Ceiling(MathF.Sqrt(sum) * 255), 0, 255);
        }
    }
}
