using Sluice.Core.Pricing;

namespace Sluice.Core.Tests.Pricing;

public sealed class ProvisionedThroughputTests
{
    [Fact]
    public void UnitsArePaidByTheHourWhetherUsedOrNot() => Assert.Equal(Money.FromUsd(57_816), ProvisionedThroughput.Cost(2, 39.60m, ProvisionedThroughput.HoursPerMonth));

    [Fact]
    public void TheRateThatIsReachedFirstDecidesWhatAUnitCarries()
    {
        var unit = new ProvisionedThroughput(60, InputTokensPerMinute: 100_000, OutputTokensPerMinute: 10_000);
        // With half as much output as input a unit carries 20,000 input tokens a minute, worth 60 * (0.06 + 0.15) an hour.
        Assert.Equal(60m / 12.6m, unit.BreakEvenUtilisation(3, 15, outputPerInput: 0.5m));
        Assert.Equal(60m / 18m, unit.BreakEvenUtilisation(3, 15, outputPerInput: 0));
    }

    [Fact]
    public void CheaperTokensMoveTheCrossoverUp()
    {
        var unit = new ProvisionedThroughput(20, 300_000, 60_000);
        Assert.True(unit.BreakEvenUtilisation(0.3m, 15, 0.1m) > unit.BreakEvenUtilisation(3, 15, 0.1m));
    }
}
