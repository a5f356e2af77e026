using System.Globalization;
using Sluice.Core;
using Sluice.Core.Budgets;

namespace Sluice.Reports;

/// <summary>
/// Moments as people write them: <c>2026-11</c>, <c>2026-11-21</c>, <c>yesterday</c>, <c>"last month"</c>, <c>7d</c> and ISO 8601.
/// A day, week, month, quarter or year means its first instant in the reporting zone, so that one is the end before another.
/// </summary>
internal static class TimeSpot
{
    private const int FirstYear = 2000;
    private const int LastYear = 2200;
    private const int MostAgo = 100_000;

    public const string Forms = "2026-11-21, 2026-11, 2026-11-21T12:00:00Z, today, yesterday, \"last week\", \"this month\", 7d or 24h";

    private static readonly Dictionary<string, (BudgetPeriod Period, int Back)> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["today"] = (BudgetPeriod.Day, 0),
        ["yesterday"] = (BudgetPeriod.Day, 1),
        ["this week"] = (BudgetPeriod.Week, 0),
        ["last week"] = (BudgetPeriod.Week, 1),
        ["this month"] = (BudgetPeriod.Month, 0),
        ["last month"] = (BudgetPeriod.Month, 1),
        ["this quarter"] = (BudgetPeriod.Quarter, 0),
        ["last quarter"] = (BudgetPeriod.Quarter, 1),
        ["this year"] = (BudgetPeriod.Year, 0),
        ["last year"] = (BudgetPeriod.Year, 1),
    };

    /// <param name="name">Of the parameter, for the message.</param>
    /// <exception cref="ReportMistakeException">The text is no moment that a ledger or a bill could have.</exception>
    public static DateTimeOffset Read(string name, string text, ReportClock clock)
    {
        var trimmed = text.Trim();
        DateTimeOffset? moment;
        try
        {
            moment = Named(trimmed, clock) ?? Ago(trimmed, clock) ?? Date(trimmed, clock) ?? Instant(trimmed);
        }
        catch (ArgumentOutOfRangeException)
        {
            moment = DateTimeOffset.MinValue;
        }
        if (moment is not { } found)
            throw new ReportMistakeException($"{name} '{PlainText.Of(text)}' is no time; write one such as {Forms}.");
        return found.UtcDateTime.Year is >= FirstYear and <= LastYear
            ? found
            : throw new ReportMistakeException($"{name} '{PlainText.Of(text)}' must be in the years {FirstYear} to {LastYear}.");
    }

    /// <summary>For messages and JSON.</summary>
    public static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>For people: a date if the moment begins a day of the zone.</summary>
    public static string Day(DateTimeOffset moment, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(moment, zone).DateTime;
        return CalendarPeriods.Start(DateOnly.FromDateTime(local), zone) == moment
            ? local.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : local.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
    }

    private static DateTimeOffset? Named(string text, ReportClock clock)
    {
        if (text.Equals("now", StringComparison.OrdinalIgnoreCase))
            return clock.Now;
        if (!Words.TryGetValue(text.Replace('_', ' ').Replace('-', ' '), out var word))
            return null;
        var start = CalendarPeriods.Of(word.Period, clock.Zone, clock.Now).Start;
        return word.Back == 0 ? start : CalendarPeriods.Of(word.Period, clock.Zone, start.AddTicks(-1)).Start;
    }

    /// <summary><c>90m</c>, <c>24h</c>, <c>7d</c>, <c>2w</c>: so long before now.</summary>
    private static DateTimeOffset? Ago(string text, ReportClock clock)
    {
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > MostAgo)
            return null;
        TimeSpan? unit = text[^1] switch
        {
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            'w' => TimeSpan.FromDays(7),
            _ => null,
        };
        return unit is { } length ? clock.Now - (count * length) : null;
    }

    private static DateTimeOffset? Date(string text, ReportClock clock)
    {
        foreach (var form in (string[])["yyyy-MM-dd", "yyyy-MM", "yyyy"])
        {
            if (DateOnly.TryParseExact(text, form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
                return CalendarPeriods.Start(date, clock.Zone);
        }
        return null;
    }

    /// <summary>A time without an offset is UTC.</summary>
    private static DateTimeOffset? Instant(string text) =>
        text.Length >= 10 && char.IsAsciiDigit(text[0])
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
            ? moment : null;
}
