namespace Sluice.Gateway.Levers.SemanticRecall.Indexing;

/// <summary>For each dimension the slots that have it, in no order: the slot in 24 bits and its count in 8. Not thread-safe.</summary>
internal sealed class PostingLists(int dimensions)
{
    private readonly uint[]?[] _lists = new uint[]?[dimensions];
    private readonly int[] _lengths = new int[dimensions];

    public long Bytes { get; private set; } = dimensions * 12L;

    public int LengthOf(int dimension) => _lengths[dimension];

    public ReadOnlySpan<uint> Of(int dimension) => _lists[dimension].AsSpan(0, _lengths[dimension]);

    public void Add(int slot, ReadOnlySpan<byte> packed)
    {
        foreach (var (dimension, count) in new PackedVector.Features(packed))
        {
            ref var list = ref _lists[dimension];
            ref var length = ref _lengths[dimension];
            var room = list?.Length ?? 0;
            if (length == room)
            {
                Array.Resize(ref list, Math.Max(4, length + (length / 4) + 1));
                Bytes += ((list.Length - room) * 4L) + (room == 0 ? 24 : 0);
            }
            list![length++] = ((uint)slot << 8) | count;
        }
    }

    public void Remove(int slot, ReadOnlySpan<byte> packed)
    {
        foreach (var (dimension, count) in new PackedVector.Features(packed))
        {
            var list = _lists[dimension].AsSpan(0, _lengths[dimension]);
            list[list.IndexOf(((uint)slot << 8) | count)] = list[^1];
            _lengths[dimension]--;
        }
    }
}
