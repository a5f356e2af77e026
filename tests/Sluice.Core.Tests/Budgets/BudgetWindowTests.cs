using Sluice.Core.Budgets;

namespace Sluice.Core.Tests.Budgets;

public sealed class BudgetWindowTests
{
    /// <summary>Midnights that the clocks skip (Sao Paulo until 2018) or show twice (Havana), half hours (Lord Howe, Kolkata), and clocks that go back just after midnight (St Johns until 2011).</summary>
    private static readonly string[] Zones =
        ["UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/Havana", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia"];

    [Fact]
    public void EveryInstantIsInExactlyOneWindowOfEveryPeriodAndZone()
    {
        var random = new Random(20261121);
        foreach (var zone in Zones.Select(TimeZoneInfo.FindSystemTimeZoneById))
        {
            foreach (var period in Enum.GetValues<BudgetPeriod>())
            {
                var window = new BudgetWindow(period, IsRolling: false, zone);
                for (var i = 0; i < 300; i++)
                {
                    var at = DateTimeOffset.UnixEpoch.AddSeconds(random.NextInt64(946_684_800, 1_893_456_000));
                    var span = window.Of(at);
                    Assert.True(span.Contains(at), $"{window} at {at:O}: {span}");
                    Assert.Equal(span, window.Of(span.Start));
                    Assert.Equal(span, window.Of(span.End.AddTicks(-1)));
                    Assert.Equal(span.End, window.Of(span.End).Start);
                    Assert.Equal(span.End, window.LeavesAt(span.Start));
                }
            }
        }
    }

    [Theory]
    // Germany's clocks go forward on 2026-03-29 and back on 2026-10-25 (EU directive 2000/84/EC).
    [InlineData(BudgetPeriod.Day, "Europe/Berlin", "2026-03-29T12:00Z", "2026-03-28T23:00Z", "2026-03-29T22:00Z")]
    [InlineData(BudgetPeriod.Day, "Europe/Berlin", "2026-10-25T12:00Z", "2026-10-24T22:00Z", "2026-10-25T23:00Z")]
    [InlineData(BudgetPeriod.Month, "Europe/Berlin", "2026-10-31T23:30Z", "2026-10-31T23:00Z", "2026-11-30T23:00Z")]
    [InlineData(BudgetPeriod.Month, "UTC", "2028-02-29T23:59Z", "2028-02-01T00:00Z", "2028-03-01T00:00Z")]
    [InlineData(BudgetPeriod.Week, "UTC", "2026-11-22T23:59Z", "2026-11-16T00:00Z", "2026-11-23T00:00Z")]
    [InlineData(BudgetPeriod.Quarter, "America/New_York", "2026-04-01T03:59Z", "2026-01-01T05:00Z", "2026-04-01T04:00Z")]
    [InlineData(BudgetPeriod.Year, "Asia/Kolkata", "2026-12-31T18:30Z", "2026-12-31T18:30Z", "2027-12-31T18:30Z")]
    [InlineData(BudgetPeriod.Hour, "Asia/Kolkata", "2026-11-21T12:15Z", "2026-11-21T11:30Z", "2026-11-21T12:30Z")]
    // Brazil's clocks skipped the midnight of 2017-10-15: the day began at one o'clock.
    [InlineData(BudgetPeriod.Day, "America/Sao_Paulo", "2017-10-15T12:00Z", "2017-10-15T03:00Z", "2017-10-16T02:00Z")]
    public void WindowsBeginAndEndWithTheZonesCalendar(BudgetPeriod period, string zone, string at, string start, string end)
    {
        var window = new BudgetWindow(period, IsRolling: false, TimeZoneInfo.FindSystemTimeZoneById(zone));
        Assert.Equal(new WindowSpan(Moment(start), Moment(end)), window.Of(Moment(at)));
    }

    [Fact]
    public void ARollingWindowHoldsAllOfItsLengthAndHardlyMore()
    {
        var random = new Random(4711);
        foreach (var period in Enum.GetValues<BudgetPeriod>())
        {
            var window = new BudgetWindow(period, IsRolling: true, TimeZoneInfo.Utc);
            for (var i = 0; i < 200; i++)
            {
                var at = DateTimeOffset.UnixEpoch.AddSeconds(random.NextInt64(946_684_800, 1_893_456_000));
                var (span, slot) = (window.Of(at), window.SlotOf(at));
                var width = slot.End - slot.Start;
                Assert.True(slot.Contains(at));
                Assert.True(span.Start <= at - window.Length, "the length must be counted whole");
                Assert.True(span.Start >= at - window.Length - (2 * width), "no more than two slots beyond it");
                Assert.True(width <= window.Length / 42);
                // What is spent in a slot counts until the window has left it, and not after.
                var leaves = window.LeavesAt(slot.Start);
                Assert.True(window.Of(leaves.AddTicks(-1)).Start <= slot.Start);
                Assert.True(window.Of(leaves).Start > slot.Start);
            }
        }
    }

    private static DateTimeOffset Moment(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
