using System.Globalization;
using Sluice.Insights.Store;

namespace Sluice.Insights.Spend;

/// <summary>The lengths of time by which the store has sums, and the charges themselves.</summary>
internal enum Grain
{
    Month,
    Day,
    Hour,
    Charge,
}

/// <summary>Turns the times of the store's tables into the words of dimensions.</summary>
internal static class BillTime
{
    private const long SecondsPerHour = 3_600;
    private const long HoursPerDay = 24;

    /// <summary>Where a moment stands in a table, or the first place behind it where it is within one.</summary>
    public static long Place(Grain grain, DateTimeOffset moment)
    {
        var seconds = (moment.UtcTicks - DateTimeOffset.UnixEpoch.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;
        var day = ChargeTable.DayOf(seconds + (HoursPerDay * SecondsPerHour) - 1);
        return grain switch
        {
            Grain.Month => CostRollups.MonthOf(day) + (CostRollups.FirstDay(CostRollups.MonthOf(day)) == day ? 0 : 1),
            Grain.Day => day,
            Grain.Hour => (seconds / SecondsPerHour) + (seconds > 0 && seconds % SecondsPerHour != 0 ? 1 : 0),
            _ => seconds,
        };
    }

    /// <summary>The hour in which a second lies, both since 1970.</summary>
    public static long Hour(long seconds) => seconds >= 0 ? seconds / SecondsPerHour : -((-seconds + SecondsPerHour - 1) / SecondsPerHour);

    public static bool IsWhole(Grain grain, DateTimeOffset? moment) => moment is not { } at || grain switch
    {
        Grain.Month => at.UtcDateTime is { Day: 1, TimeOfDay.Ticks: 0 },
        Grain.Day => at.UtcDateTime.TimeOfDay.Ticks == 0,
        Grain.Hour => at.UtcTicks % TimeSpan.TicksPerHour == 0,
        _ => true,
    };

    /// <summary>What dimension <paramref name="name"/> is at a place of a table.</summary>
    public static string Word(string name, Grain grain, long at) => name switch
    {
        "hour" => Start(grain, at).ToString("yyyy-MM-dd'T'HH':00:00Z'", CultureInfo.InvariantCulture),
        "day" => Start(grain, at).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        _ => Start(grain, at).ToString("yyyy-MM", CultureInfo.InvariantCulture),
    };

    private static DateTime Start(Grain grain, long at) => grain switch
    {
        Grain.Month => DateTime.UnixEpoch.AddDays(CostRollups.FirstDay(at)),
        Grain.Day => DateTime.UnixEpoch.AddDays(at),
        Grain.Hour => DateTime.UnixEpoch.AddHours(at),
        _ => DateTime.UnixEpoch.AddSeconds(at),
    };
}
