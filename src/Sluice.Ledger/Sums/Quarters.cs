namespace Sluice.Ledger.Sums;

/// <summary>Time as sums have it: quarters of an hour since 1970, UTC.</summary>
internal static class Quarters
{
    public const long InHour = 4;

    /// <summary>
    /// Sums are kept of each of these widths, in quarters, each a multiple of the one before. A question takes the widest that fit, so that a
    /// month is read from some thirty sums a group, also if its days begin at another hour than those of UTC.
    /// </summary>
    public static readonly IReadOnlyList<long> Widths = [1, InHour, 6 * InHour, 24 * InHour];

    private const long Microseconds = 900_000_000;

    /// <summary>The quarter that a time is in.</summary>
    public static long Of(DateTimeOffset time) => Floor(MicrosecondsOf(time), Microseconds);

    /// <summary>The first quarter that begins at a time or after it.</summary>
    public static long AtOrAfter(DateTimeOffset time) => -Floor(-MicrosecondsOf(time), Microseconds);

    /// <summary>The beginning of the span of this width that a quarter is in.</summary>
    public static long Start(long quarter, long width) => Floor(quarter, width) * width;

    public static DateTimeOffset TimeOf(long quarter) => DateTimeOffset.UnixEpoch.AddMinutes(15 * quarter);

    /// <summary>Since 1970, UTC.</summary>
    public static long MicrosecondsOf(DateTimeOffset time) => Floor(time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks, TimeSpan.TicksPerMicrosecond);

    private static long Floor(long number, long divisor)
    {
        var (quotient, rest) = Math.DivRem(number, divisor);
        return rest < 0 ? quotient - 1 : quotient;
    }
}
