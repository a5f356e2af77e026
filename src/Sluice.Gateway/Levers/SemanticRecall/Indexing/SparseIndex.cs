using System.Buffers;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;

namespace Sluice.Gateway.Levers.SemanticRecall.Indexing;

/// <summary>
/// An inverted index of sparse embeddings. A search reads the lists of the rare features, leaves out those of frequent ones as
/// long as they can't lift many entries to the floor, and computes in full what may still reach it. So it is exact, and looks at
/// a small part of what a scan would.
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

    /// <summary>With so many times the entries that they were made for, classes are made again.</summary>
    private const int Growth = 4;

    private const int MaxPostingsAboveExact = 400_000;
    private const int MaxCandidatesAboveExact = 4096;

    private byte[]?[] _vectors = [];
    private float[] _inverseLengths = [];
    private PostingLists? _postings;
    private FrequencyClasses? _classes;
    private long _vectorBytes;
    private int _slots;

    public int Count { get; private set; }

    public long Bytes => _vectorBytes + (_postings?.Bytes ?? 0) + (_classes?.Bytes ?? 0) + (_vectors.Length * 12L);

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
            _classes?.Resize(size);
        }
        if (_vectors[slot] is not null)
            Remove(slot);
        var packed = PackedVector.Pack(embedding);
        _vectors[slot] = packed;
        _inverseLengths[slot] = 1 / Math.Max(weights.Length(embedding), float.Epsilon);
        _vectorBytes += packed.Length + 32;
        _slots = Math.Max(_slots, slot + 1);
        Count++;
        _postings?.Add(slot, packed);
        _classes?.Set(slot, packed, weights, _inverseLengths[slot]);
        if (Count > Growth * (_classes?.Of ?? MaxScannedEntries / Growth))
            Classify();
    }

    public void Remove(int slot)
    {
        if (slot < 0 || slot >= _vectors.Length || _vectors[slot] is not { } packed)
            return;
        _postings?.Remove(slot, packed);
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
        var found = ArrayPool<int>.Shared.Rent(_slots);
        var features = ArrayPool<Feature>.Shared.Rent(query.Dimensions.Length);
        try
        {
            var ordered = Order(query, scale, table, features);
            sums.AsSpan(0, _slots).Clear();
            var search = new SparseSearch(_postings!, _classes!, _inverseLengths.AsSpan(0, _slots), sums.AsSpan(0, _slots));
            var isBounded = Count > MaxExactEntries;
            var room = found.AsSpan(0, isBounded ? Math.Min(MaxCandidatesAboveExact, _slots) : _slots);
            var (count, isExact) = search.Run(ordered, floor, isBounded ? MaxPostingsAboveExact : long.MaxValue, room);
            var list = new NearestList(nearest, floor);
            foreach (var slot in room[..count])
            {
                if (_vectors[slot] is { } packed)
                    list.Offer(slot, Cosine(table, slot, packed));
            }
            return new(list.Count, isExact);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(sums);
            ArrayPool<int>.Shared.Return(found);
            ArrayPool<Feature>.Shared.Return(features);
        }
    }

    private Span<Feature> Order(Embedding query, float scale, ReadOnlySpan<float> table, Feature[] room)
    {
        for (var i = 0; i < query.Dimensions.Length; i++)
        {
            var dimension = query.Dimensions[i];
            var part = weights.Of(dimension, query.Counts[i]) * scale;
            room[i] = new(dimension, _classes!.ClassOf(dimension), _postings!.LengthOf(dimension), table[dimension], part * part);
        }
        var features = room.AsSpan(0, query.Dimensions.Length);
        features.Sort();
        return features;
    }

    private float Cosine(ReadOnlySpan<float> query, int slot, byte[] packed)
    {
        var sum = 0f;
        foreach (var (dimension, count) in new PackedVector.Features(packed))
            sum += query[dimension] * RarityWeights.OfRepeats(count);
        return Math.Min(1, sum * _inverseLengths[slot]);
    }

    /// <summary>Takes some 10 ms for 16,000 entries, and is done a handful of times in the life of an index.</summary>
    private void Classify()
    {
        if (_postings is null)
        {
            _postings = new PostingLists(CharacterFeatures.DimensionCount);
            for (var slot = 0; slot < _slots; slot++)
                _postings.Add(slot, _vectors[slot]);
        }
        _classes = new FrequencyClasses(_postings, CharacterFeatures.DimensionCount, Count);
        _classes.Resize(_vectors.Length);
        for (var slot = 0; slot < _slots; slot++)
            _classes.Set(slot, _vectors[slot], weights, _inverseLengths[slot]);
    }
}
