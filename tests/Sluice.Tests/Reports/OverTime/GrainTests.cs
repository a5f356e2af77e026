using Sluice.Reports;
using Sluice.Reports.OverTime;

namespace Sluice.Tests.Reports.OverTime;

public sealed class GrainTests
{
    private static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Sao_Paulo"];

    [Fact]
    public void StepsMeetAndCoverTheRangeInEveryZoneAndGrain()
    {
        foreach (var zone in Zones.Select(TimeZoneInfo.FindSystemTimeZoneById))
        {
            foreach (var grain in Grain.All)
            {
                var (from, to) = (new DateTimeOffset(2026, 3, 20, 7, 15, 0, TimeSpan.Zero), new DateTimeOffset(2026, 4, 5, 1, 30, 0, TimeSpan.Zero));
                var edges = grain.Edges(from, to, zone, 10_000);
                Assert.Equal((from, to), (edges[0], edges[^1]));
                Assert.All(edges.Zip(edges.Skip(1)), e => Assert.True(e.First < e.Second));
                Assert.All(edges[1..^1], e => Assert.Equal(0, e.UtcTicks % TimeSpan.FromMinutes(15).Ticks));
            }
        }
    }

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-28T23:00:00Z", 1, "2026-03-29T22:00:00Z")]
    [InlineData("Europe/Berlin", "2026-10-24T22:00:00Z", 1, "2026-10-25T23:00:00Z")]
    [InlineData("Asia/Kathmandu", "2026-03-28T18:15:00Z", -7, "2026-03-21T18:15:00Z")]
    public void ADayLaterIsTheNextDaysBeginningOverAChangeOfTheClock(string zone, string at, int days, string expected) =>
        Assert.Equal(expected, TimeSpot.Text(Grain.Find("day").Move(DateTimeOffset.Parse(at), days, TimeZoneInfo.FindSystemTimeZoneById(zone))));

    [Fact]
    public void ARangeOfTooManyStepsIsCutShortSoThatItCanBeRefused() =>
        Assert.True(Grain.Find("15m").Edges(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(50), TimeZoneInfo.Utc, 100).Count > 100);
}
