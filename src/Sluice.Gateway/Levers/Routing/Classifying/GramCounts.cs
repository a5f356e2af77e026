using System.Buffers;
using System.Numerics;

namespace Sluice.Gateway.Levers.Routing.Classifying;

/// <summary>How often each known n-gram stands in one prompt, and how many of them are known. The buffers are rented.</summary>
public ref struct GramCounts : IDisposable
{
    private readonly (int NumberPlusOne, int Count)[] _table;
    private readonly int[] _touched;
    private readonly int _mask;

    private GramCounts(int grams)
    {
        var capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2 * grams, 16));
        _table = ArrayPool<(int, int)>.Shared.Rent(capacity);
        _table.AsSpan(0, capacity).Clear();
        _touched = ArrayPool<int>.Shared.Rent(Math.Max(grams, 16));
        _mask = capacity - 1;
    }

    /// <summary>Different n-grams that are known.</summary>
    public int Distinct { get; private set; }

    /// <summary>The share of all n-grams, with their repetitions, that are known; 0 where there are none.</summary>
    public double KnownShare { get; private set; }

    public static GramCounts Of(ReadOnlySpan<uint> grams, Vocabulary vocabulary)
    {
        var counts = new GramCounts(grams.Length);
        var known = 0;
        foreach (var gram in grams)
        {
            var number = vocabulary.Find(gram);
            if (number < 0)
                continue;
            known++;
            counts.Add(number);
        }
        counts.KnownShare = grams.IsEmpty ? 0 : (double)known / grams.Length;
        return counts;
    }

    /// <summary>One of the known n-grams, from 0 to <see cref="Distinct"/>, in the order of their first places.</summary>
    public readonly (int Number, int Count) this[int index]
    {
        get
        {
            var (numberPlusOne, count) = _table[_touched[index]];
            return (numberPlusOne - 1, count);
        }
    }

    public void Dispose()
    {
        ArrayPool<(int, int)>.Shared.Return(_table);
        ArrayPool<int>.Shared.Return(_touched);
    }

    private void Add(int number)
    {
        // Fibonacci hashing spreads numbers that lie side by side.
        var slot = (int)(unchecked((uint)number * 2654435769u) >> 7) & _mask;
        while (_table[slot].NumberPlusOne != 0 && _table[slot].NumberPlusOne != number + 1)
            slot = (slot + 1) & _mask;
        if (_table[slot].NumberPlusOne == 0)
        {
            _table[slot].NumberPlusOne = number + 1;
            _touched[Distinct++] = slot;
        }
        _table[slot].Count++;
    }
}
