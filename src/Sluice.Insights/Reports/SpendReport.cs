namespace Sluice.Insights.Reports;

/// <summary>A report that everybody wants: what it shows, over how long, and how its rows are made.</summary>
/// <param name="Name">As it is called on the command line and over HTTP; scripts rely on it.</param>
/// <param name="Title">A sentence without its full stop.</param>
/// <param name="IsMetered">Whether it is of the ledger where nobody says otherwise: what it shows is on no bill.</param>
/// <param name="By">The dimensions that it asks for.</param>
internal sealed record SpendReport(string Name, string Title, ReportWindow Window, bool IsMetered, string[] By, string[] Columns, Func<ReportRows, IEnumerable<object?[]>> Rows);

/// <summary>Over how long a report goes where nobody says otherwise, back from the end of what there is.</summary>
internal readonly record struct ReportWindow(int Months, int Days, int Hours)
{
    /// <summary>The whole units of time that end behind <paramref name="end"/>.</summary>
    public (DateTimeOffset From, DateTimeOffset To) Before(DateTimeOffset end)
    {
        if (Hours > 0)
        {
            var hour = new DateTimeOffset(((end.UtcTicks + TimeSpan.TicksPerHour - 1) / TimeSpan.TicksPerHour) * TimeSpan.TicksPerHour, TimeSpan.Zero);
            return (hour.AddHours(-Hours), hour);
        }
        var day = new DateTimeOffset(((end.UtcTicks + TimeSpan.TicksPerDay - 1) / TimeSpan.TicksPerDay) * TimeSpan.TicksPerDay, TimeSpan.Zero);
        if (Months == 0)
            return (day.AddDays(-Days), day);
        var month = new DateTimeOffset(day.AddDays(-1).Year, day.AddDays(-1).Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);
        return (month.AddMonths(-Months), month);
    }
}
