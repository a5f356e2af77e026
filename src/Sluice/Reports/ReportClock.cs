namespace Sluice.Reports;

/// <summary>The moment at which a question is asked, and the zone whose days, weeks and months it means.</summary>
internal sealed record ReportClock(DateTimeOffset Now, TimeZoneInfo Zone);
