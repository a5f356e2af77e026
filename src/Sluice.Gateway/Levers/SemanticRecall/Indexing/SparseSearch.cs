using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;

namespace Sluice.Gateway.Levers.SemanticRecall.Indexing;

/// <summary>
/// Finds the slots whose cosine may reach a floor. It adds up the lists of the query's features, the rarest first, and stops
/// where computing in full what may still reach the floor is less work than to read the next class of lists. While no list is
/// left out for want of budget it misses nothing that lies at the floor or above.
/// </summary>
internal ref struct SparseSearch(PostingLists postings, FrequencyClasses classes, ReadOnlySpan<float> inverseLengths, Span<float> sums)
{
    /// <summary>About as many postings are read in the time that one cosine takes, whose vector is seldom in the processor's cache.</summary>
    private const int PostingsPerCosine = 300;

    /// <summary>So many slots are looked at, whether they may reach the floor, in the time that one posting takes.</summary>
    private const int SlotsPerPosting = 3;

    /// <summary>More than rounding makes of a sum of a few thousand floats below 1.</summary>
    private const float Rounding = 1e-4f;

    private readonly ReadOnlySpan<float> _inverseLengths = inverseLengths;
    private readonly Span<float> _sums = sums;
    private int _frequency;
    private float _tail;
    private float _unread;

    /// <param name="features">In order.</param>
    /// <param name="floor">Of the cosine.</param>
    /// <param name="maxPostings">Lists that would go beyond are left out.</param>
    /// <param name="found">Room for the slots that may reach the floor. Where it is too small for all, it gets the most promising.</param>
    /// <returns>How many are in it, and that no other can reach the floor.</returns>
    public (int Count, bool IsAll) Run(ReadOnlySpan<Feature> features, float floor, long maxPostings, Span<int> found)
    {
        var unread = 0f;
        for (var first = 0; ; _frequency++)
        {
            var end = first;
            for (; end < features.Length && features[end].Frequency == _frequency; end++)
            {
                if ((maxPostings -= features[end].Postings) < 0)
                    unread += features[end].Square;
                else
                    Add(postings.Of(features[end].Dimension), features[end].Weight);
            }
            first = end;
            var (left, tail) = (0L, 0f);
            foreach (ref readonly var feature in features[first..])
                (left, tail) = (left + feature.Postings, tail + feature.Square);
            (_unread, _tail) = (MathF.Sqrt(unread), MathF.Sqrt(tail));
            if (left == 0)
                return CollectMostPromising(floor, found);
            long next = 0;
            for (var i = first; i < features.Length && features[i].Frequency == _frequency + 1; i++)
                next += features[i].Postings;
            if (next < _sums.Length / SlotsPerPosting && next <= maxPostings)
                continue;
            if (next > maxPostings)
                return CollectMostPromising(floor, found);
            var worth = (int)Math.Min(next / PostingsPerCosine, found.Length);
            if (Collect(floor, found[..worth]) is var count && count <= worth)
                return (count, _unread == 0);
        }
    }

    /// <summary>Raises the floor until there is room.</summary>
    private readonly (int Count, bool IsAll) CollectMostPromising(float floor, Span<int> found)
    {
        var isAll = _unread == 0;
        while (true)
        {
            if (Collect(floor, found) is var count && count <= found.Length)
                return (count, isAll);
            (floor, isAll) = (floor + 0.05f, false);
        }
    }

    /// <summary>Notes which slots may reach the floor; one more than there is room for when there are more.</summary>
    private readonly int Collect(float floor, Span<int> found)
    {
        var bar = floor - _unread - Rounding;
        var tail = _tail / 255;
        var tails = _frequency < FrequencyClasses.Count - 1 ? classes.TailsAbove(_frequency)[.._sums.Length] : [];
        var count = 0;
        var slot = 0;
        for (; slot + Vector256<float>.Count <= _sums.Length; slot += Vector256<float>.Count)
        {
            var most = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(_sums), (nuint)slot) * Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(_inverseLengths), (nuint)slot);
            if (!tails.IsEmpty)
                most += Widen(tails, slot) * tail;
            var bits = Vector256.GreaterThanOrEqual(most, Vector256.Create(bar)).ExtractMostSignificantBits();
            for (; bits != 0; bits &= bits - 1)
            {
                if (count == found.Length)
                    return count + 1;
                found[count++] = slot + BitOperations.TrailingZeroCount(bits);
            }
        }
        for (; slot < _sums.Length; slot++)
        {
            if (MostOf(slot) < bar)
                continue;
            if (count == found.Length)
                return count + 1;
            found[count++] = slot;
        }
        return count;
    }

    /// <summary>What the cosine of a slot is at most, but for rounding and for lists that were left out.</summary>
    private readonly float MostOf(int slot) =>
        (_sums[slot] * _inverseLengths[slot]) + (_frequency < FrequencyClasses.Count - 1 ? classes.TailsAbove(_frequency)[slot] * _tail / 255 : 0);

    private static Vector256<float> Widen(ReadOnlySpan<byte> tails, int slot)
    {
        var bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref MemoryMarshal.GetReference(tails), slot))).AsByte();
        var shorts = Vector128.WidenLower(bytes);
        return Vector256.ConvertToSingle(Vector256.Create(Vector128.WidenLower(shorts), Vector128.WidenUpper(shorts)).AsInt32());
    }

    private readonly void Add(ReadOnlySpan<uint> list, float weight)
    {
        // Each slot of a list is one that the sums have room for, since slots are posted when they are added.
        ref var first = ref MemoryMarshal.GetReference(_sums);
        foreach (var posting in list)
        {
            var count = posting & 0xff;
            Unsafe.Add(ref first, posting >> 8) += count == 1 ? weight : weight * RarityWeights.OfRepeats((byte)count);
        }
    }
}

/// <summary>A feature of a query. They are read in this order: by class, and within one the one that says most for its length first.</summary>
/// <param name="Weight">What it adds for each occurrence in an entry, before that is divided by the entry's length.</param>
/// <param name="Square">Its part of the query's length, squared.</param>
internal readonly record struct Feature(int Dimension, int Frequency, int Postings, float Weight, float Square) : IComparable<Feature>
{
    public int CompareTo(Feature other) => Frequency != other.Frequency ? Frequency.CompareTo(other.Frequency) : Postings.CompareTo(other.Postings);
}
