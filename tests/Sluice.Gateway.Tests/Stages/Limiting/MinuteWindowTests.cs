using Sluice.Gateway.Stages.Limiting;

namespace Sluice.Gateway.Tests.Stages.Limiting;

public sealed class MinuteWindowTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WhatItLetsInNeverPassesTheLimitInAnyMinute(int seed)
    {
        const long Limit = 1_000;
        var random = new Random(seed);
        var window = new MinuteWindow();
        var taken = new List<(double At, long Amount)>();
        var now = 0.0;
        for (var i = 0; i < 20_000; i++)
        {
            // Bursts within a second and pauses of up to some minutes.
            now += random.Next(10) switch { < 7 => random.NextDouble() * 0.2, < 9 => random.NextDouble() * 10, _ => random.NextDouble() * 150 };
            var amount = random.Next(1, 400);
            if (window.Sum((long)now) + amount > Limit)
                continue;
            window.Add(amount, (long)now);
            taken.Add((now, amount));
        }

        Assert.InRange(taken.Count, 1_000, 20_000);
        long sum = 0;
        for (int first = 0, last = 0; last < taken.Count; last++)
        {
            sum += taken[last].Amount;
            while (taken[first].At <= taken[last].At - 60)
                sum -= taken[first++].Amount;
            Assert.InRange(sum, 0, Limit);
        }
    }

    [Fact]
    public void SaysWhenAnAmountFits()
    {
        var window = new MinuteWindow();
        window.Add(60, 100);
        window.Add(40, 130);

        Assert.Equal(0, window.SecondsUntilFits(0, 100, 131));
        // The 60 of second 100 count up to second 160, the 40 of second 130 up to 190.
        Assert.Equal(30, window.SecondsUntilFits(60, 100, 131));
        Assert.Equal(60, window.SecondsUntilFits(61, 100, 131));
        Assert.Equal(40, window.Sum(161));
        Assert.Equal(0, window.Sum(191));
    }

    [Fact]
    public void TakesBackWhatStillCounts()
    {
        var window = new MinuteWindow();
        window.Add(100, 5);
        window.Add(10, 40);
        window.TakeBack(70, countedAt: 5, second: 41);
        Assert.Equal(40, window.Sum(41));
        window.TakeBack(30, countedAt: 5, second: 70);

        Assert.Equal(10, window.Sum(70));
    }
}
