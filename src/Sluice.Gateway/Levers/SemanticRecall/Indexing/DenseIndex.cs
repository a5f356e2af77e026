using System.Numerics;
using System.Runtime.InteropServices;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;

namespace Sluice.Gateway.Levers.SemanticRecall.Indexing;

/// <summary>
/// Dense embeddings as one byte a dimension, scanned by SIMD: 50,000 of 1,024 dimensions take 51 MB. The bytes round a cosine by
/// less than 0.01, and the scan reaches each entry.
/// </summary>
/// <remarks>With more than <see cref="MaxExactEntries"/> entries it first compares signs, one bit a dimension, and then only
/// those that agree most; it says so.</remarks>
public sealed class DenseIndex(int dimensions) : IVectorIndex
{
    public const int MaxExactEntries = 100_000;

    private const int MaxCandidatesAboveExact = 4096;

    private readonly int _words = (dimensions + 63) / 64;
    private sbyte[] _codes = [];
    private ulong[] _signs = [];
    private float[] _scales = [];
    private int _slots;

    public int Count { get; private set; }

    public long Bytes => _codes.Length + (_signs.Length * 8L) + (_scales.Length * 4L);

    public void Add(int slot, Embedding embedding)
    {
        if (embedding.Values.Length != dimensions)
            throw new ArgumentException($"The embedding has {embedding.Values.Length} dimensions and the index {dimensions}.", nameof(embedding));
        ArgumentOutOfRangeException.ThrowIfNegative(slot);
        if (slot >= _scales.Length)
        {
            var size = Math.Max(64, Math.Max(slot + 1, _scales.Length + (_scales.Length / 4)));
            Array.Resize(ref _codes, size * dimensions);
            Array.Resize(ref _signs, size * _words);
            Array.Resize(ref _scales, size);
        }
        if (_scales[slot] > 0)
            Remove(slot);
        _scales[slot] = Encode(embedding.Values, _codes.AsSpan(slot * dimensions, dimensions));
        Signs(embedding.Values, _signs.AsSpan(slot * _words, _words));
        _slots = Math.Max(_slots, slot + 1);
        Count++;
    }

    public void Remove(int slot)
    {
        if (slot < 0 || slot >= _scales.Length || _scales[slot] <= 0)
            return;
        _scales[slot] = 0;
        Count--;
    }

    public Embedding Get(int slot)
    {
        if (slot < 0 || slot >= _scales.Length || _scales[slot] <= 0)
            throw new ArgumentOutOfRangeException(nameof(slot), slot, "The slot is empty.");
        var values = new float[dimensions];
        for (var i = 0; i < dimensions; i++)
            values[i] = _codes[(slot * dimensions) + i] * _scales[slot];
        return Embedding.Dense(values);
    }

    public SearchOutcome Search(Embedding query, float floor, Span<Neighbour> nearest)
    {
        if (query.Values.Length != dimensions)
            throw new ArgumentException($"The embedding has {query.Values.Length} dimensions and the index {dimensions}.", nameof(query));
        if (nearest.IsEmpty || Count == 0)
            return new(0, true);
        var code = new sbyte[dimensions];
        var scale = Encode(query.Values, code);
        var list = new NearestList(nearest, floor);
        if (Count > MaxExactEntries)
        {
            foreach (var slot in MostAgreeing(query))
                list.Offer(slot, Cosine(code, scale, slot));
            return new(list.Count, false);
        }
        for (var slot = 0; slot < _slots; slot++)
        {
            if (_scales[slot] > 0)
                list.Offer(slot, Cosine(code, scale, slot));
        }
        return new(list.Count, true);
    }

    private List<int> MostAgreeing(Embedding query)
    {
        var signs = new ulong[_words];
        Signs(query.Values, signs);
        var best = new PriorityQueue<int, int>();
        for (var slot = 0; slot < _slots; slot++)
        {
            if (_scales[slot] <= 0)
                continue;
            var agreeing = 0;
            for (var w = 0; w < _words; w++)
                agreeing -= BitOperations.PopCount(signs[w] ^ _signs[(slot * _words) + w]);
            if (best.Count < MaxCandidatesAboveExact)
                best.Enqueue(slot, agreeing);
            else
                best.EnqueueDequeue(slot, agreeing);
        }
        return [.. best.UnorderedItems.Select(item => item.Element)];
    }

    private float Cosine(ReadOnlySpan<sbyte> code, float scale, int slot)
    {
        var other = _codes.AsSpan(slot * dimensions, dimensions);
        var a = MemoryMarshal.Cast<sbyte, Vector<sbyte>>(code);
        var b = MemoryMarshal.Cast<sbyte, Vector<sbyte>>(other);
        var sums = Vector<int>.Zero;
        for (var i = 0; i < a.Length; i++)
        {
            Vector.Widen(a[i], out var aLow, out var aHigh);
            Vector.Widen(b[i], out var bLow, out var bHigh);
            // Products of two signed bytes, two of them added, fit 16 bits: 127 * 127 * 2 = 32,258.
            Vector.Widen((aLow * bLow) + (aHigh * bHigh), out var low, out var high);
            sums += low + high;
        }
        var sum = Vector.Sum(sums);
        for (var i = a.Length * Vector<sbyte>.Count; i < code.Length; i++)
            sum += code[i] * other[i];
        return Math.Clamp(sum * scale * _scales[slot], -1, 1);
    }

    /// <returns>What a code is multiplied by to be the number again; above 0.</returns>
    private static float Encode(ReadOnlySpan<float> values, Span<sbyte> code)
    {
        var largest = float.Epsilon;
        foreach (var value in values)
            largest = Math.Max(largest, Math.Abs(value));
        for (var i = 0; i < values.Length; i++)
            code[i] = (sbyte)Math.Clamp(MathF.Round(values[i] / largest * 127), -127, 127);
        return Math.Max(largest / 127, float.Epsilon);
    }

    private static void Signs(ReadOnlySpan<float> values, Span<ulong> signs)
    {
        signs.Clear();
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] > 0)
                signs[i >> 6] |= 1UL << (i & 63);
        }
    }
}
