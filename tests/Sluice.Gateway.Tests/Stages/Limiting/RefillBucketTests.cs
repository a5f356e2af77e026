using Sluice.Gateway.Stages.Limiting;

namespace Sluice.Gateway.Tests.Stages.Limiting;

public sealed class RefillBucketTests
{
    /// <summary>In t minutes at most (1 + t) times the quota, as of a bucket that starts full.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void GivesNoMoreThanAMinutesWorthAndWhatRefills(int seed)
    {
        var random = new Random(seed);
        var bucket = new RefillBucket();
        var taken = new List<(long Ticks, long Amount)>();
        long now = 0;
        for (var i = 0; i < 5_000; i++)
        {
            now += random.Next(3) == 0 ? random.NextInt64(TimeSpan.TicksPerMinute) : random.NextInt64(TimeSpan.TicksPerSecond);
            bucket.MoveTo(1_000, now);
            var amount = random.Next(1, 500);
            if (!bucket.Has(amount))
                continue;
            bucket.Take(amount);
            taken.Add((now, amount));
        }

        for (var first = 0; first < taken.Count; first += 17)
        {
            long sum = 0;
            for (var last = first; last < Math.Min(taken.Count, first + 300); last++)
            {
                sum += taken[last].Amount;
                Assert.True(sum <= 1_000 + ((taken[last].Ticks - taken[first].Ticks) * 1_000m / TimeSpan.TicksPerMinute));
            }
        }
    }

    [Fact]
    public void SaysToTheTickWhenItHasAnAmount()
    {
        var bucket = new RefillBucket();
        bucket.MoveTo(60, 0);
        bucket.Take(60);
        Assert.Equal(TimeSpan.FromSeconds(7), bucket.TimeUntil(7));
        bucket.MoveTo(60, TimeSpan.FromSeconds(7).Ticks - 1);
        Assert.False(bucket.Has(7));
        bucket.MoveTo(60, TimeSpan.FromSeconds(7).Ticks);
        Assert.True(bucket.Has(7));
    }

    [Fact]
    public void AnOverdrawnBucketHasSomethingAgainAfterAWhile()
    {
        var bucket = new RefillBucket();
        bucket.MoveTo(1_000_000_000, 0);
        for (var i = 0; i < 100; i++)
            bucket.Take(long.MaxValue / TimeSpan.TicksPerMinute);
        Assert.InRange(bucket.TimeUntil(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(4));
        bucket.MoveTo(1_000_000_000, TimeSpan.FromDays(400).Ticks);
        Assert.True(bucket.Has(1_000_000_000));
    }
}
