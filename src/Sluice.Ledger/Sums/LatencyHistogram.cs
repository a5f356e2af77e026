namespace Sluice.Ledger.Sums;

/// <summary>
/// How long calls took, counted in logarithmic buckets: each power of two of milliseconds has sixteen, so that a bucket's middle is within
/// 3.1 % of whatever is in it.
/// </summary>
public sealed class LatencyHistogram
{
    /// <summary>A double's bits without all of its fraction but the first four: sign and exponent have twelve.</summary>
    private const int DroppedBits = 48;

    private readonly Dictionary<int, long> _buckets = [];

    /// <summary>Durations counted. Calls whose duration is not known are in no bucket.</summary>
    public long Count { get; private set; }

    internal IEnumerable<KeyValuePair<int, long>> Buckets => _buckets.OrderBy(b => b.Key);

    internal int BucketCount => _buckets.Count;

    /// <summary>The duration in milliseconds that a share of the calls did not exceed, at most 3.1 % off; null without calls.</summary>
    /// <param name="share">From 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is no such share.</exception>
    public double? Quantile(double share)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(share, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        var left = Math.Max(1, (long)Math.Ceiling(share * Count));
        foreach (var (bucket, count) in Buckets)
        {
            left -= count;
            if (left <= 0)
                return Middle(bucket);
        }
        return null;
    }

    internal void Add(double milliseconds) => Add(BucketOf(milliseconds), 1);

    internal void Add(int bucket, long count)
    {
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_buckets, bucket, out _) += count;
        Count += count;
    }

    internal void Add(LatencyHistogram other)
    {
        foreach (var (bucket, count) in other._buckets)
            Add(bucket, count);
    }

    private static int BucketOf(double milliseconds) =>
        milliseconds > 0 && double.IsFinite(milliseconds) ? (int)(BitConverter.DoubleToInt64Bits(milliseconds) >> DroppedBits) : 0;

    private static double Middle(int bucket) => bucket == 0 ? 0 : BitConverter.Int64BitsToDouble(((long)bucket << DroppedBits) | (1L << (DroppedBits - 1)));
}
