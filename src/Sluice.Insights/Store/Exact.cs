namespace Sluice.Insights.Store;

/// <summary>
/// An amount as the database sums it, in two whole numbers: thousandths, and the part below in 1e-12. Sums of either stay exact and
/// within 64 bits for nine billion rows. Finer amounts are rounded once, half to even.
/// </summary>
internal static class Exact
{
    private const decimal PerMilli = 1_000_000_000;

    /// <exception cref="OverflowException">The amount is beyond nine quadrillion.</exception>
    public static (long Milli, long Below) Split(decimal amount)
    {
        var thousandths = amount * 1000;
        var milli = decimal.Truncate(thousandths);
        return (decimal.ToInt64(milli), decimal.ToInt64(decimal.Round((thousandths - milli) * PerMilli, MidpointRounding.ToEven)));
    }

    /// <summary>Most sums of a row are 0, and two divisions of decimals take a while.</summary>
    public static decimal Join(long milli, long rest) => (milli, rest) is (0, 0) ? 0 : (milli / 1000m) + (rest / 1_000_000_000_000m);
}
