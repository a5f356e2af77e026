namespace Sluice.Reports.OverTime;

/// <summary>A range of whole quarters of an hour, which is what sums are kept of.</summary>
internal readonly record struct SeriesRange(DateTimeOffset From, DateTimeOffset To)
{
    private static readonly TimeSpan Quarter = TimeSpan.FromMinutes(15);

    /// <summary>The range of a question, whose ends are taken out to quarters of an hour.</summary>
    /// <param name="days">How many days it goes back from its end if it names no beginning, today included.</param>
    public static SeriesRange Of(ReportQuestion question, int days)
    {
        var clock = question.Clock;
        var to = Up(question.Get(CommonParameters.To) ?? clock.Now);
        var day = Grain.Find("day");
        var from = question.Get(CommonParameters.From)
            ?? day.Move(Core.Budgets.CalendarPeriods.Of(Core.Budgets.BudgetPeriod.Day, clock.Zone, to.AddTicks(-1)).Start, 1 - days, clock.Zone);
        from = Down(from);
        return from < to ? new SeriesRange(from, to) : throw new ReportMistakeException($"to {TimeSpot.Text(to)} is not after from, which is {TimeSpot.Text(from)}; to is the first moment no longer in the range.");
    }

    private static DateTimeOffset Down(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % Quarter.Ticks), TimeSpan.Zero);

    private static DateTimeOffset Up(DateTimeOffset at) => Down(at.AddTicks(Quarter.Ticks - 1));
}
