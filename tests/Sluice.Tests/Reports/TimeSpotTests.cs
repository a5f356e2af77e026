using Sluice.Reports;

namespace Sluice.Tests.Reports;

public sealed class TimeSpotTests
{
    /// <summary>A Tuesday, 03:10 in Kathmandu (+05:45) and 22:25 of the day before in Berlin.</summary>
    private static readonly DateTimeOffset Now = new(2026, 3, 30, 21, 25, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-03-29", "UTC", "2026-03-29T00:00:00Z")]
    [InlineData("2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00Z")]
    [InlineData("2026-03-30", "Europe/Berlin", "2026-03-29T22:00:00Z")]
    [InlineData("2026-03", "Asia/Kolkata", "2026-02-28T18:30:00Z")]
    [InlineData("today", "Asia/Kathmandu", "2026-03-30T18:15:00Z")]
    [InlineData("yesterday", "Asia/Kathmandu", "2026-03-29T18:15:00Z")]
    [InlineData("Yesterday", "Europe/Berlin", "2026-03-28T23:00:00Z")]
    [InlineData("this week", "Europe/Berlin", "2026-03-29T22:00:00Z")]
    [InlineData("last week", "Europe/Berlin", "2026-03-22T23:00:00Z")]
    [InlineData("this month", "UTC", "2026-03-01T00:00:00Z")]
    [InlineData("last month", "Europe/Berlin", "2026-01-31T23:00:00Z")]
    [InlineData("last-month", "UTC", "2026-02-01T00:00:00Z")]
    [InlineData("last year", "UTC", "2025-01-01T00:00:00Z")]
    [InlineData("2025", "UTC", "2025-01-01T00:00:00Z")]
    [InlineData("7d", "Europe/Berlin", "2026-03-23T21:25:00Z")]
    [InlineData("24h", "UTC", "2026-03-29T21:25:00Z")]
    [InlineData("90m", "UTC", "2026-03-30T19:55:00Z")]
    [InlineData("2w", "UTC", "2026-03-16T21:25:00Z")]
    [InlineData("now", "UTC", "2026-03-30T21:25:00Z")]
    [InlineData("2026-03-29T12:00:00+05:45", "UTC", "2026-03-29T06:15:00Z")]
    [InlineData("2026-03-29 12:00", "Europe/Berlin", "2026-03-29T12:00:00Z")]
    public void PeopleMayWriteMomentsAsTheySayThem(string text, string zone, string expected) =>
        Assert.Equal(expected, TimeSpot.Text(TimeSpot.Read("from", text, Clock(zone))));

    [Theory]
    [InlineData("soon")]
    [InlineData("2026-13")]
    [InlineData("2026-02-30")]
    [InlineData("0001-01-01")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("9999-12-31T23:59:59Z")]
    [InlineData("9999-12-31")]
    [InlineData("1999-12-31")]
    [InlineData("99999d")]
    [InlineData("999999999999d")]
    [InlineData("-7d")]
    [InlineData("d")]
    [InlineData("10:00")]
    [InlineData("")]
    public void WhatIsNoTimeOfALedgerIsNamed(string text)
    {
        foreach (var zone in (string[])["UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"])
        {
            var mistake = Assert.Throws<ReportMistakeException>(() => TimeSpot.Read("from", text, Clock(zone)));
            Assert.StartsWith($"from '{text}' ", mistake.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("UTC")]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("Asia/Kathmandu")]
    [InlineData("Asia/Kolkata")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("America/Sao_Paulo")]
    public void ADayEndsWhereTheNextBegins(string zone)
    {
        var clock = Clock(zone);
        for (var day = new DateOnly(2025, 12, 30); day < new DateOnly(2027, 1, 3); day = day.AddDays(1))
        {
            var (start, end) = (TimeSpot.Read("from", $"{day:yyyy-MM-dd}", clock), TimeSpot.Read("to", $"{day.AddDays(1):yyyy-MM-dd}", clock));
            Assert.InRange((end - start).TotalHours, 23, 25);
            Assert.Equal($"{day:yyyy-MM-dd}", TimeSpot.Day(start, clock.Zone));
        }
    }

    private static ReportClock Clock(string zone) => new(Now, TimeZoneInfo.FindSystemTimeZoneById(zone));
}
