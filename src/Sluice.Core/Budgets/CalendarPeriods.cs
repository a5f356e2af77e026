namespace Sluice.Core.Budgets;

/// <summary>Where the hours, days, weeks, months, quarters and years of a time zone begin. Weeks begin on Monday.</summary>
public static class CalendarPeriods
{
    /// <summary>The period that an instant belongs to.</summary>
    public static WindowSpan Of(BudgetPeriod period, TimeZoneInfo zone, DateTimeOffset at)
    {
        if (period == BudgetPeriod.Hour)
        {
            // Clocks that are put forward or back by half an hour would make hours overlap; those of the zone's standard time never do.
            var local = at.ToOffset(zone.BaseUtcOffset);
            var start = new DateTimeOffset(local.Year, local.Month, local.Day, local.Hour, 0, 0, zone.BaseUtcOffset).ToUniversalTime();
            return new WindowSpan(start, start.AddHours(1));
        }
        var date = First(period, DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime));
        var span = new WindowSpan(Start(date, zone), Start(Next(period, date), zone));
        // Where clocks go back over midnight, a day that has ended comes round again; it belongs to the day that has begun.
        while (at >= span.End)
        {
            date = Next(period, date);
            span = new WindowSpan(span.End, Start(Next(period, date), zone));
        }
        return span;
    }

    /// <summary>The first day of the period that a date belongs to.</summary>
    public static DateOnly First(BudgetPeriod period, DateOnly date) => period switch
    {
        BudgetPeriod.Day => date,
        BudgetPeriod.Week => date.AddDays(-(((int)date.DayOfWeek + 6) % 7)),
        BudgetPeriod.Month => new DateOnly(date.Year, date.Month, 1),
        BudgetPeriod.Quarter => new DateOnly(date.Year, date.Month - ((date.Month - 1) % 3), 1),
        _ => new DateOnly(date.Year, 1, 1),
    };

    /// <summary>The first day of the period after the one that begins with a date.</summary>
    public static DateOnly Next(BudgetPeriod period, DateOnly first) => period switch
    {
        BudgetPeriod.Day => first.AddDays(1),
        BudgetPeriod.Week => first.AddDays(7),
        BudgetPeriod.Month => first.AddMonths(1),
        BudgetPeriod.Quarter => first.AddMonths(3),
        _ => first.AddYears(1),
    };

    /// <summary>The first instant at which the zone's clocks show the date: later than midnight where they skip midnight, the earlier of two.</summary>
    public static DateTimeOffset Start(DateOnly date, TimeZoneInfo zone)
    {
        var midnight = date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
        var noon = new DateTimeOffset(midnight, TimeSpan.Zero);
        var (before, after) = (zone.GetUtcOffset(noon.AddDays(-1)), zone.GetUtcOffset(noon.AddDays(1)));
        var (byBefore, byAfter) = (new DateTimeOffset(midnight, before).ToUniversalTime(), new DateTimeOffset(midnight, after).ToUniversalTime());
        if (zone.GetUtcOffset(byBefore) == before)
            return byBefore;
        if (zone.GetUtcOffset(byAfter) == after)
            return byAfter;
        // The clocks skip midnight: the day begins when they do.
        var (early, late) = (byAfter.UtcTicks, byBefore.UtcTicks);
        while (late - early > 1)
        {
            var middle = early + ((late - early) / 2);
            if (zone.GetUtcOffset(new DateTimeOffset(middle, TimeSpan.Zero)) == before)
                early = middle;
            else
                late = middle;
        }
        return new DateTimeOffset(late, TimeSpan.Zero);
    }
}
