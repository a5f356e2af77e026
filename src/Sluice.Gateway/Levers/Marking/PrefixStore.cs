using System.Numerics;

namespace Sluice.Gateway.Levers.Marking;

/// <summary>
/// Prefixes by hash, with two lists in the order of their last sighting: those seen once, and those that returned. What is
/// forgotten first is the oldest of those seen once, so a flood of prompts that never return can't wash out those that do.
/// Not thread-safe.
/// </summary>
internal sealed class PrefixStore
{
    private const int None = -1;

    /// <summary>Those seen once keep at least a quarter of the room, or nothing new could ever return.</summary>
    private const int OnceShare = 4;

    private const int MinimumSize = 64;

    private PrefixEntry[] _entries = new PrefixEntry[MinimumSize];
    private int[] _buckets = NewBuckets(MinimumSize);
    private int _used;
    private int _free = None;
    private RecencyList _once = RecencyList.Empty, _returned = RecencyList.Empty;

    public int Count => _once.Count + _returned.Count;

    /// <summary>The entry at an index that <see cref="Find"/> or <see cref="Add"/> gave; valid until the next <see cref="Add"/>.</summary>
    public ref PrefixEntry this[int index] => ref _entries[index];

    /// <summary>The index of a prefix, or -1.</summary>
    public int Find(ulong hash)
    {
        for (var i = _buckets[Bucket(hash)]; i != None; i = _entries[i].Chain)
        {
            if (_entries[i].Hash == hash)
                return i;
        }
        return None;
    }

    /// <summary>Adds a prefix that is not there yet, as the newest of those seen once.</summary>
    public int Add(ulong hash, long seenAtMs)
    {
        int index;
        if (_free != None)
        {
            index = _free;
            _free = _entries[index].Chain;
        }
        else
        {
            if (_used == _entries.Length)
                Grow();
            index = _used++;
        }
        ref var bucket = ref _buckets[Bucket(hash)];
        _entries[index] = new PrefixEntry { Hash = hash, Chain = bucket, SeenAtMs = NotBefore(_once, seenAtMs) };
        bucket = index;
        _once.Append(_entries, index);
        return index;
    }

    /// <summary>Makes a prefix the newest of those that returned.</summary>
    public void Renew(int index, long seenAtMs)
    {
        ref var entry = ref _entries[index];
        ListOf(entry).Remove(_entries, index);
        entry.States |= PrefixStates.Returned;
        entry.SeenAtMs = NotBefore(_returned, seenAtMs);
        _returned.Append(_entries, index);
    }

    /// <summary>The prefix to forget first, or -1 where there is none.</summary>
    public int Oldest => _once.Count * OnceShare >= Count && _once.Count > 0 ? _once.Oldest : _returned.Oldest != None ? _returned.Oldest : _once.Oldest;

    public void Remove(int index)
    {
        ref var entry = ref _entries[index];
        ListOf(entry).Remove(_entries, index);
        ref var link = ref _buckets[Bucket(entry.Hash)];
        while (link != index)
            link = ref _entries[link].Chain;
        link = entry.Chain;
        entry = new PrefixEntry { Chain = _free };
        _free = index;
    }

    /// <summary>Gives memory back when most of it is unused, or partitions that were large in turn would hold it all.</summary>
    public void TrimExcess()
    {
        if (_entries.Length <= MinimumSize || Count * 4 > _entries.Length)
            return;
        var (entries, once, returned) = (_entries, _once, _returned);
        var size = MinimumSize;
        while (size < Count)
            size *= 2;
        _entries = new PrefixEntry[size];
        _buckets = NewBuckets(size);
        (_used, _free, _once, _returned) = (0, None, RecencyList.Empty, RecencyList.Empty);
        foreach (var list in (ReadOnlySpan<RecencyList>)[once, returned])
        {
            for (var i = list.Oldest; i != None; i = entries[i].Newer)
            {
                var index = _used++;
                _entries[index] = entries[i];
                ref var bucket = ref _buckets[Bucket(entries[i].Hash)];
                _entries[index].Chain = bucket;
                bucket = index;
                ListOf(entries[i]).Append(_entries, index);
            }
        }
    }

    /// <summary>The next prefix that still has that state and was last seen before a time, or -1. Each is passed once only.</summary>
    public int NextWaiting(PrefixStates state, long seenBeforeMs)
    {
        var index = _once.NextWaiting(_entries, state, seenBeforeMs);
        return index != None ? index : _returned.NextWaiting(_entries, state, seenBeforeMs);
    }

    /// <summary>Replies can be observed out of order; a list stays in the order of its times.</summary>
    private long NotBefore(in RecencyList list, long seenAtMs) => list.Newest == None ? seenAtMs : Math.Max(seenAtMs, _entries[list.Newest].SeenAtMs);

    private ref RecencyList ListOf(in PrefixEntry entry)
    {
        if (entry.Has(PrefixStates.Returned))
            return ref _returned;
        return ref _once;
    }

    /// <summary>Fibonacci hashing, so that hashes that count up from 0, as recorded traces have them, spread as well.</summary>
    private int Bucket(ulong hash) => (int)(unchecked(hash * 0x9E3779B97F4A7C15) >> (64 - BitOperations.Log2((uint)_buckets.Length)));

    private void Grow()
    {
        Array.Resize(ref _entries, _entries.Length * 2);
        _buckets = NewBuckets(_entries.Length);
        for (var i = 0; i < _used; i++)
        {
            ref var bucket = ref _buckets[Bucket(_entries[i].Hash)];
            _entries[i].Chain = bucket;
            bucket = i;
        }
    }

    private static int[] NewBuckets(int size)
    {
        var buckets = new int[size];
        Array.Fill(buckets, None);
        return buckets;
    }
}
