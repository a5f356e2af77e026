using Sluice.Core.Metering;

namespace Sluice.Core.Tests.Metering;

public sealed class UsageTests
{
    private static readonly Usage Tokens = new() { Input = 1, CacheRead = 20, CacheWrite5m = 300, CacheWrite1h = 4_000, Output = 50_000 };

    [Fact]
    public void TheContextIsAllInputHoweverItIsBilledAndNoOutput() => Assert.Equal(4_321, Tokens.ContextTokens);

    [Fact]
    public void CountsEachKindApart()
    {
        Assert.Equal([1m, 20, 300, 4_000, 50_000], UsageKinds.All.Where(k => k.IsToken()).Select(Tokens.Count));
        Assert.Equal(0, Tokens.Count(UsageKind.OutputImage));
    }

    [Fact]
    public void UnitsOfOneKindAddUp()
    {
        var usage = new Usage { Units = [new(UsageKind.OutputImage, 2), new(UsageKind.SearchUnit, 1), new(UsageKind.OutputImage, 0.5m)] };
        Assert.Equal(2.5m, usage.Count(UsageKind.OutputImage));
    }

    [Fact]
    public void ASumHasTheCountsAndUnitsOfBoth()
    {
        var sum = Tokens + new Usage { Input = 9, Units = [new(UsageKind.SearchUnit, 3)] };
        Assert.Equal(10, sum.Input);
        Assert.Equal(50_000, sum.Output);
        Assert.Equal(3, sum.Count(UsageKind.SearchUnit));
    }

    [Theory]
    [InlineData(UsageSource.Measured, UsageSource.Measured, UsageSource.Measured)]
    [InlineData(UsageSource.Measured, UsageSource.Estimated, UsageSource.Estimated)]
    [InlineData(UsageSource.Estimated, UsageSource.Measured, UsageSource.Estimated)]
    public void ASumIsMeasuredOnlyWhereBothAre(UsageSource left, UsageSource right, UsageSource expected) =>
        Assert.Equal(expected, (new Usage { Source = left } + new Usage { Source = right }).Source);

    [Fact]
    public void ASumBeyondSixtyFourBitsIsAnErrorAndNotAWrap() =>
        Assert.Throws<OverflowException>(() => new Usage { Input = long.MaxValue } + new Usage { Input = 1 });

    [Fact]
    public void EqualityLooksAtUnitsByTheirValues()
    {
        var one = new Usage { Input = 1, Units = [new(UsageKind.SearchUnit, 1)] };
        var same = new Usage { Input = 1, Units = [new(UsageKind.SearchUnit, 1)] };
        Assert.Equal(one, same);
        Assert.Equal(one.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(one, same with { Units = [new(UsageKind.SearchUnit, 2)] });
        Assert.Equal(Usage.None, new Usage());
    }
}
