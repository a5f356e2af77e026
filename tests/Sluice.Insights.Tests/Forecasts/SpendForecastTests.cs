using Sluice.Core;
using Sluice.Insights.Forecasts;

namespace Sluice.Insights.Tests.Forecasts;

public sealed class SpendForecastTests
{
    /// <summary>A Sunday; the history ends there.</summary>
    private static readonly DateTimeOffset End = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void SteadySpendingReachesTheLimitWhenDivisionSaysSo()
    {
        // 10 dollars a day, 155 of 300 spent at noon of the 16th: the rest lasts 14.5 days.
        var now = End.AddDays(15.5);
        var forecast = Of(_ => 10, days: 56, spent: 155, limit: 295, now, end: now.AddDays(-0.5));
        Assert.False(forecast.IsUnknown);
        Assert.Equal(now.AddDays(14), forecast.BreachAt!.Value, TimeSpan.FromHours(1));
        Assert.Equal(forecast.Earliest!.Value, forecast.Latest!.Value, TimeSpan.FromHours(1));
    }

    [Fact]
    public void AWeekdayPatternIsFollowedIntoTheWeekend()
    {
        // 20 dollars on workdays and nothing at weekends; Friday evening to Monday nothing is spent.
        var now = new DateTimeOffset(2026, 11, 14, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(DayOfWeek.Saturday, now.DayOfWeek);
        var forecast = Of(day => day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 0 : 20, days: 56, spent: 190, limit: 200, now, now);
        Assert.Equal(new DateTimeOffset(2026, 11, 16, 12, 0, 0, TimeSpan.Zero), forecast.BreachAt!.Value, TimeSpan.FromHours(2));
    }

    [Fact]
    public void GrowthIsCarriedOn()
    {
        // One dollar more each day: a flat forecast of the mean would reach the limit much later.
        var start = End.AddDays(-28);
        var forecast = Of(day => 1 + (decimal)(day - start).TotalDays, days: 28, spent: 0, limit: 300, End, End);
        // 29 + 30 + ... passes 300 within the tenth day.
        Assert.Equal(End.AddDays(9.2), forecast.BreachAt!.Value, TimeSpan.FromDays(0.5));
    }

    [Fact]
    public void NoiseMakesAnIntervalAroundTheTruth()
    {
        var random = new Random(7);
        var forecast = Of(_ => 10 + (decimal)((random.NextDouble() - 0.5) * 10), days: 56, spent: 0, limit: 200, End, End);
        Assert.InRange(forecast.BreachAt!.Value, End.AddDays(18), End.AddDays(22));
        Assert.True(forecast.Earliest < forecast.BreachAt && forecast.BreachAt < forecast.Latest);
    }

    [Fact]
    public void ALimitThatOutlastsTheWindowHasNoBreach()
    {
        var forecast = Of(_ => 10, days: 56, spent: 0, limit: 1_000, End, End);
        Assert.Null(forecast.BreachAt);
        Assert.Null(forecast.Earliest);
        Assert.Equal(300, (double)forecast.AtEnd.Usd, 1.0);
    }

    [Fact]
    public void TooLittleHistoryIsSaidRatherThanInvented()
    {
        Assert.True(Of(_ => 10, days: 13, spent: 0, limit: 100, End, End).IsUnknown);
        Assert.Equal("not enough history", Of(_ => 0, days: 56, spent: 0, limit: 100, End, End).ToString());
    }

    [Fact]
    public void WhoGrowsMostIsNamed()
    {
        var start = End.AddDays(-28);
        var steps = Enumerable.Range(0, 28).SelectMany(i => new[]
        {
            new SpendStep(start.AddDays(i), "steady", Money.FromUsd(50)),
            new SpendStep(start.AddDays(i), "growing", Money.FromUsd(i)),
            new SpendStep(start.AddDays(i), "shrinking", Money.FromUsd(28 - i)),
        });
        var forecast = SpendForecast.Of(steps, start, End, TimeSpan.FromDays(1), 7, Money.Zero, Money.FromUsd(500), End, End.AddDays(30));
        Assert.Equal("growing", forecast.Driver);
        Assert.Equal(Money.FromUsd(7), forecast.DriverGrowth);
    }

    private static SpendForecast Of(Func<DateTimeOffset, decimal> daily, int days, decimal spent, decimal limit, DateTimeOffset now, DateTimeOffset end)
    {
        var from = end.AddDays(-days);
        var steps = Enumerable.Range(0, days).Select(i => new SpendStep(from.AddDays(i), "all", Money.FromUsd(daily(from.AddDays(i)))));
        return SpendForecast.Of(steps, from, end, TimeSpan.FromDays(1), 7, Money.FromUsd(spent), Money.FromUsd(limit), now, now.AddDays(30));
    }
}
