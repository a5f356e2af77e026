using System.Buffers;

namespace Sluice.Bedrock.Requests.Outlines;

/// <summary>A growing list in a pooled array. Copies share the array, so only one of them may be used on.</summary>
internal struct PooledList<T>()
    where T : struct
{
    private T[] _items = [];

    public int Count { get; private set; }

    public readonly Span<T> Items => _items.AsSpan(0, Count);

    public readonly ReadOnlyMemory<T> Memory => _items.AsMemory(0, Count);

    public readonly ref T Last => ref _items[Count - 1];

    public void Add(in T item)
    {
        if (Count == _items.Length)
            Grow(1);
        _items[Count++] = item;
    }

    public void AddRange(ReadOnlySpan<T> items)
    {
        Reserve(items.Length);
        items.CopyTo(_items.AsSpan(Count));
        Count += items.Length;
    }

    /// <summary>Makes room for so many more, so that adding them copies nothing.</summary>
    public void Reserve(int count)
    {
        if (Count + count > _items.Length)
            Grow(count);
    }

    /// <summary>Makes room for so many more at the end and counts them in.</summary>
    public Span<T> Extend(int count)
    {
        Reserve(count);
        Count += count;
        return _items.AsSpan(Count - count, count);
    }

    public void Shrink(int count) => Count = count;

    public void Return()
    {
        if (_items.Length > 0)
            ArrayPool<T>.Shared.Return(_items);
        _items = [];
        Count = 0;
    }

    private void Grow(int more)
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(16, Math.Max(_items.Length * 2, Count + more)));
        Items.CopyTo(larger);
        if (_items.Length > 0)
            ArrayPool<T>.Shared.Return(_items);
        _items = larger;
    }
}
