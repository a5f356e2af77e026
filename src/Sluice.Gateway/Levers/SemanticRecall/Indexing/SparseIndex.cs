using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;

namespace Sluice.Gateway.Levers.SemanticRecall.Indexing;

/// <summary>
/// An inverted index of sparse embeddings. A search adds up the rare features, which are short lists, and leaves out frequent
/// ones whose length in the query is so small that they can't lift an entry from below the floor by themselves; what may still
/// reach the best found is then computed in full. So it is exact, and looks at a small part of what a scan would.
/// </summary>
/// <remarks>
/// With more than <see cref="MaxExactEntries"/> entries a search reads a bounded number of postings, the rarest features
/// first, and computes the most promising entries in full; it says so where that may have missed one.
/// </remarks>
public sealed class SparseIndex(RarityWeights weights) : IVectorIndex
{
    public const int MaxExactEntries = 100_000;

    /// <summary>Slots take 24 bits of a posting; the count takes the other 8.</summary>
    public const int MaxSlots = 1 << 24;

    /// <summary>A partition that is smaller has no postings and is scanned: their heads alone would take 200 KB.</summary>
    private const int MaxScannedEntries = 1024;

    /// <summary>Which part of the floor the features that are left out may make. Measured from 0.3 to 0.9 in steps of 0.1.</summary>
    private const float LeftOutShare = 0.6f;

    private const int MaxPostingsAboveExact = 400_000;
    private const int MaxCandidatesAboveExact = 4096;

    private byte[]?[] _vectors = [];
    private float[] _inverseLengths = [];
    private uint[]?[]? _postings;
    private int[]? _postingCounts;
    private long _vectorBytes;
    private long _postingBytes;
    private int _slots;

    public int Count { get; private set; }

    public long Bytes => _vectorBytes + _postingBytes + (_vectors.Length * 12L);

    public void Add(int slot, Embedding embedding)
    {
        if (!embedding.IsSparse)
            throw new ArgumentException("A dense embedding does not fit an index of sparse ones.", nameof(embedding));
        if (slot is < 0 or >= MaxSlots)
            throw new ArgumentOutOfRangeException(nameof(slot), slot, $"Slots go from 0 to {MaxSlots - 1}.");
        if (slot >= _vectors.Length)
        {
            var size = Math.Max(64, Math.Max(slot + 1, _vectors.Length + (_vectors.Length / 2)));
            Array.Resize(ref _vectors, size);
            Array.Resize(ref _inverseLengths, size);
        }
        if (_vectors[slot] is not null)
            Remove(slot);
        var packed = PackedVector.Pack(embedding);
        _vectors[slot] = packed;
        _inverseLengths[slot] = 1 / Math.Max(weights.Length(embedding), float.Epsilon);
        _vectorBytes += packed.Length + 32;
        _slots = Math.Max(_slots, slot + 1);
        Count++;
        if (_postings is not null)
            Post(slot, packed);
        else if (Count > MaxScannedEntries)
            PostAll();
    }

    public void Remove(int slot)
    {
        if (slot < 0 || slot >= _vectors.Length || _vectors[slot] is not { } packed)
            return;
        if (_postings is not null)
        {
            foreach (var (dimension, count) in new PackedVector.Features(packed))
                Unpost(slot, dimension, count);
        }
        _vectors[slot] = null;
        _inverseLengths[slot] = 0;
        _vectorBytes -= packed.Length + 32;
        Count--;
    }

    public Embedding Get(int slot) => PackedVector.Unpack(_vectors[slot] ?? throw new ArgumentOutOfRangeException(nameof(slot), slot, "The slot is empty."));

    public SearchOutcome Search(Embedding query, float floor, Span<Neighbour> nearest)
    {
        if (nearest.IsEmpty || Count == 0)
            return new(0, true);
        var table = ArrayPool<float>.Shared.Rent(CharacterFeatures.DimensionCount);
        var dense = table.AsSpan(0, CharacterFeatures.DimensionCount);
        dense.Clear();
        try
        {
            // The weight of the entry's feature is left in the table, so that its counts are all that the loops need.
            var scale = 1 / Math.Max(weights.Length(query), float.Epsilon);
            for (var i = 0; i < query.Dimensions.Length; i++)
                dense[query.Dimensions[i]] = weights.Of(query.Dimensions[i], query.Counts[i]) * scale * weights.ByDimension[query.Dimensions[i]];
            return _postings is null ? Scan(dense, floor, nearest) : SearchPostings(query, scale, dense, floor, nearest);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(table);
        }
    }

    private SearchOutcome Scan(ReadOnlySpan<float> query, float floor, Span<Neighbour> nearest)
    {
        var list = new NearestList(nearest, floor);
        for (var slot = 0; slot < _slots; slot++)
        {
            if (_vectors[slot] is { } packed)
                list.Offer(slot, Cosine(query, slot, packed));
        }
        return new(list.Count, true);
    }

    private SearchOutcome SearchPostings(Embedding query, float scale, ReadOnlySpan<float> table, float floor, Span<Neighbour> nearest)
    {
        var sums = ArrayPool<float>.Shared.Rent(_slots);
        try
        {
            var partial = sums.AsSpan(0, _slots);
            partial.Clear();
            var leftOut = AddUp(query, scale, table, floor, partial);
            Multiply(partial, _inverseLengths.AsSpan(0, _slots));
            return Count > MaxExactEntries ? FinishMostPromising(table, partial, leftOut, floor, nearest) : Finish(table, partial, leftOut, floor, nearest);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(sums);
        }
    }

    /// <summary>Adds the features in the order of what they say for each posting that must be read.</summary>
    /// <returns>What the features that were left out can add to a cosine at most: their length in the query, since an entry's is 1.</returns>
    private float AddUp(Embedding query, float scale, ReadOnlySpan<float> table, float floor, Span<float> sums)
    {
        var count = query.Dimensions.Length;
        var rented = ArrayPool<(float Gain, float Square, ushort Dimension)>.Shared.Rent(count);
        var features = rented.AsSpan(0, count);
        for (var i = 0; i < count; i++)
        {
            var part = weights.Of(query.Dimensions[i], query.Counts[i]) * scale;
            features[i] = (part * part / (_postingCounts![query.Dimensions[i]] + 1), part * part, query.Dimensions[i]);
        }
        features.Sort();
        var bound = Math.Max(floor, 0) * LeftOutShare;
        var leftOut = 0f;
        var first = 0;
        while (first < count && leftOut + features[first].Square <= bound * bound)
            leftOut += features[first++].Square;
        var budget = Count > MaxExactEntries ? MaxPostingsAboveExact : long.MaxValue;
        for (var i = count - 1; i >= first; i--)
        {
            var dimension = features[i].Dimension;
            budget -= _postingCounts![dimension];
            if (budget < 0)
                leftOut += features[i].Square;
            else
                Add(_postings![dimension].AsSpan(0, _postingCounts[dimension]), table[dimension], sums);
        }
        ArrayPool<(float, float, ushort)>.Shared.Return(rented);
        return MathF.Sqrt(leftOut);
    }

    private static void Add(ReadOnlySpan<uint> postings, float weight, Span<float> sums)
    {
        foreach (var posting in postings)
        {
            var count = posting & 0xff;
            sums[(int)(posting >> 8)] += count == 1 ? weight : weight * RarityWeights.OfRepeats((byte)count);
        }
    }

    private static void Multiply(Span<float> values, ReadOnlySpan<float> factors)
    {
        var wide = MemoryMarshal.Cast<float, Vector<float>>(values);
        var by = MemoryMarshal.Cast<float, Vector<float>>(factors);
        for (var i = 0; i < wide.Length; i++)
            wide[i] *= by[i];
        for (var i = wide.Length * Vector<float>.Count; i < values.Length; i++)
            values[i] *= factors[i];
    }

    /// <summary>Computes in full whatever may still reach the best that is known.</summary>
    private SearchOutcome Finish(ReadOnlySpan<float> table, ReadOnlySpan<float> partial, float leftOut, float floor, Span<Neighbour> nearest)
    {
        var list = new NearestList(nearest, floor);
        var wide = MemoryMarshal.Cast<float, Vector<float>>(partial);
        for (var i = 0; i < wide.Length; i++)
        {
            // The floor is above what was left out, so a slot that shares no feature that was read falls out here.
            if (!Vector.GreaterThanOrEqualAny(wide[i], new Vector<float>(list.Bar - leftOut)))
                continue;
            for (var slot = i * Vector<float>.Count; slot < (i + 1) * Vector<float>.Count; slot++)
                OfferInFull(ref list, table, partial, slot, leftOut);
        }
        for (var slot = wide.Length * Vector<float>.Count; slot < partial.Length; slot++)
            OfferInFull(ref list, table, partial, slot, leftOut);
        return new(list.Count, true);
    }

    private void OfferInFull(ref NearestList list, ReadOnlySpan<float> table, ReadOnlySpan<float> partial, int slot, float leftOut)
    {
        if (partial[slot] >= list.Bar - leftOut && _vectors[slot] is { } packed)
            list.Offer(slot, Cosine(table, slot, packed));
    }

    /// <summary>The same for the few thousand slots that have come farthest.</summary>
    private SearchOutcome FinishMostPromising(ReadOnlySpan<float> table, ReadOnlySpan<float> partial, float leftOut, float floor, Span<Neighbour> nearest)
    {
        var cutoff = floor - leftOut;
        var promising = new PriorityQueue<int, float>();
        var isExact = cutoff > 0;
        for (var slot = 0; slot < partial.Length; slot++)
        {
            if (partial[slot] <= 0 || partial[slot] < cutoff)
                continue;
            if (promising.Count < MaxCandidatesAboveExact)
            {
                promising.Enqueue(slot, partial[slot]);
                continue;
            }
            isExact = false;
            promising.EnqueueDequeue(slot, partial[slot]);
            promising.TryPeek(out _, out cutoff);
        }
        var list = new NearestList(nearest, floor);
        foreach (var (slot, _) in promising.UnorderedItems)
            OfferInFull(ref list, table, partial, slot, leftOut);
        return new(list.Count, isExact);
    }

    private float Cosine(ReadOnlySpan<float> query, int slot, byte[] packed)
    {
        var sum = 0f;
        foreach (var (dimension, count) in new PackedVector.Features(packed))
            sum += query[dimension] * RarityWeights.OfRepeats(count);
        return Math.Min(1, sum * _inverseLengths[slot]);
    }

    private void PostAll()
    {
        _postings = new uint[]?[CharacterFeatures.DimensionCount];
        _postingCounts = new int[CharacterFeatures.DimensionCount];
        _postingBytes = CharacterFeatures.DimensionCount * 12L;
        for (var slot = 0; slot < _slots; slot++)
        {
            if (_vectors[slot] is { } packed)
                Post(slot, packed);
        }
    }

    private void Post(int slot, byte[] packed)
    {
        foreach (var (dimension, count) in new PackedVector.Features(packed))
        {
            ref var list = ref _postings![dimension];
            ref var length = ref _postingCounts![dimension];
            var room = list?.Length ?? 0;
            if (length == room)
            {
                Array.Resize(ref list, Math.Max(4, length + (length / 4) + 1));
                _postingBytes += ((list.Length - room) * 4L) + (room == 0 ? 24 : 0);
            }
            list![length++] = ((uint)slot << 8) | count;
        }
    }

    private void Unpost(int slot, int dimension, byte count)
    {
        var list = _postings![dimension].AsSpan(0, _postingCounts![dimension]);
        list[list.IndexOf(((uint)slot << 8) | count)] = list[^1];
        _postingCounts[dimension]--;
    }
}
