using System.Numerics;

namespace Sluice.Gateway.Levers.Routing.Classifying;

/// <summary>
/// The n-grams that a model knows, from hash to number, by open addressing. A vocabulary, and not hashing into a fixed number
/// of weights, because it measured better (MMLU APGR 0.701 against 0.697 at 2^18 weights) and can tell what it does not know.
/// </summary>
public sealed class Vocabulary
{
    private const int Empty = -1;

    private readonly (uint Hash, int Number)[] _slots;
    private readonly int _mask;

    /// <param name="hashes">The hashes, all different; their places are their numbers.</param>
    /// <exception cref="ArgumentException">A hash stands twice.</exception>
    public Vocabulary(ReadOnlySpan<uint> hashes)
    {
        Count = hashes.Length;
        _slots = new (uint, int)[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2 * hashes.Length, 16))];
        _mask = _slots.Length - 1;
        Array.Fill(_slots, (0u, Empty));
        for (var number = 0; number < hashes.Length; number++)
        {
            var slot = Slot(hashes[number]);
            if (_slots[slot].Number != Empty)
                throw new ArgumentException($"The hash {hashes[number]:x8} stands twice in the vocabulary.", nameof(hashes));
            _slots[slot] = (hashes[number], number);
        }
    }

    public int Count { get; }

    /// <summary>The number of an n-gram, or -1 if it is not known.</summary>
    public int Find(uint hash) => _slots[Slot(hash)].Number;

    /// <summary>The slot that holds the hash, or the empty one where it would be. The hashes are mixed well enough to be used as they are.</summary>
    private int Slot(uint hash)
    {
        var slot = (int)(hash & (uint)_mask);
        while (_slots[slot].Number != Empty && _slots[slot].Hash != hash)
            slot = (slot + 1) & _mask;
        return slot;
    }
}
