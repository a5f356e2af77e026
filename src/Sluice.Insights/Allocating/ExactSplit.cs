using System.Numerics;

namespace Sluice.Insights.Allocating;

/// <summary>
/// Splits an amount by weights so that the parts add up to it exactly: each gets its share cut off at 1e-12, and what is left goes out in single
/// units, the largest cut first (the largest remainder; of equal ones, the first).
/// </summary>
internal static class ExactSplit
{
    private const decimal Unit = 1_000_000_000_000m;

    /// <param name="amount">Of either sign.</param>
    /// <param name="weights">None negative, one at least more than 0; decimals beyond twelve don't count.</param>
    public static decimal[] Split(decimal amount, IReadOnlyList<decimal> weights)
    {
        var scaled = weights.Select(w => new BigInteger(w * Unit)).ToList();
        var whole = scaled.Aggregate(BigInteger.Zero, (sum, w) => sum + w);
        if (whole <= 0)
            throw new ArgumentException("No weight is more than 0.", nameof(weights));
        var sign = amount < 0 ? -1 : 1;
        var units = decimal.Truncate(Math.Abs(amount) * Unit);
        var parts = new decimal[weights.Count];
        var cuts = new BigInteger[weights.Count];
        var given = 0m;
        for (var i = 0; i < parts.Length; i++)
        {
            var part = BigInteger.DivRem(new BigInteger(units) * scaled[i], whole, out cuts[i]);
            given += (decimal)part;
            parts[i] = sign * ((decimal)part / Unit);
        }
        var order = Enumerable.Range(0, parts.Length).OrderByDescending(i => cuts[i]).ToList();
        for (var i = 0; i < (int)(units - given); i++)
            parts[order[i]] += sign / Unit;
        // What an amount has below a unit goes to the first, so that nothing is lost.
        parts[order[0]] += amount - (sign * (units / Unit));
        return parts;
    }
}
