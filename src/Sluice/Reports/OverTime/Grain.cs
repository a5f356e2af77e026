using Sluice.Core.Budgets;

namespace Sluice.Reports.OverTime;

/// <summary>How long the steps of a series are: minutes and hours of absolute time, or periods of the zone's calendar.</summary>
/// <param name="Name">As it is asked for.</param>
/// <param name="Length">Of absolute time; null for a calendar period.</param>
/// <param name="Period">Of the calendar.</param>
internal sealed record Grain(string Name, TimeSpan? Length, BudgetPeriod Period)
{
    public static readonly IReadOnlyList<Grain> All =
    [
        new("15m", TimeSpan.FromMinutes(15), BudgetPeriod.Hour), new("hour", TimeSpan.FromHours(1), BudgetPeriod.Hour), new("day", null, BudgetPeriod.Day),
        new("week", null, BudgetPeriod.Week), new("month", null, BudgetPeriod.Month), new("quarter", null, BudgetPeriod.Quarter), new("year", null, BudgetPeriod.Year),
    ];

    public static Grain Find(string name) => All.First(g => g.Name == name);

    /// <summary>The widest grain that gives a range at least so many steps that a line can be drawn.</summary>
    public static Grain For(TimeSpan range) => range switch
    {
        { TotalHours: <= 12 } => Find("15m"),
        { TotalDays: <= 4 } => Find("hour"),
        { TotalDays: <= 120 } => Find("day"),
        { TotalDays: <= 800 } => Find("week"),
        _ => Find("month"),
    };

    /// <summary>Where the steps of a range begin, and its end. The first and the last may be shorter than a step.</summary>
    /// <param name="most">More edges than this are not made; the caller refuses them.</param>
    public List<DateTimeOffset> Edges(DateTimeOffset from, DateTimeOffset to, TimeZoneInfo zone, int most)
    {
        var edges = new List<DateTimeOffset> { from };
        while (edges.Count <= most)
        {
            var next = Next(edges[^1], zone);
            if (next >= to)
                break;
            edges.Add(next);
        }
        edges.Add(to);
        return edges;
    }

    /// <summary>The same moment of the zone's calendar so many steps away.</summary>
    public DateTimeOffset Move(DateTimeOffset at, int steps, TimeZoneInfo zone)
    {
        if (Length is { } length)
            return at + (steps * length);
        var local = TimeZoneInfo.ConvertTime(at, zone).DateTime;
        var date = DateOnly.FromDateTime(local);
        var moved = Period switch
        {
            BudgetPeriod.Day => date.AddDays(steps),
            BudgetPeriod.Week => date.AddDays(7 * steps),
            BudgetPeriod.Month => date.AddMonths(steps),
            BudgetPeriod.Quarter => date.AddMonths(3 * steps),
            BudgetPeriod.Year => date.AddYears(steps),
            _ => throw new ArgumentOutOfRangeException(nameof(at), Period, null),
        };
        // The start of a day is where its clocks say so, whatever they skip; any other moment keeps its distance from that.
        return CalendarPeriods.Start(moved, zone) + (at - CalendarPeriods.Start(date, zone));
    }

    private DateTimeOffset Next(DateTimeOffset at, TimeZoneInfo zone)
    {
        if (Length is not { } length)
            return CalendarPeriods.Of(Period, zone, at).End;
        if (length.TotalHours >= 1)
            return CalendarPeriods.Of(BudgetPeriod.Hour, zone, at).End;
        return new DateTimeOffset(at.UtcTicks - (at.UtcTicks % length.Ticks), TimeSpan.Zero) + length;
    }
}
