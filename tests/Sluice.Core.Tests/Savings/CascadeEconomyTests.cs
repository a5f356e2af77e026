using Sluice.Core.Savings;

namespace Sluice.Core.Tests.Savings;

public sealed class CascadeEconomyTests
{
    [Fact]
    public void ARequestThatEscalatesPaysBothModels() => Assert.Equal(Money.FromUsd(30), new CascadeEconomy(0.1m, 0.2m).Cost(Money.FromUsd(100)));

    [Fact]
    public void SavesNothingAtItsBreakEvenRate()
    {
        var rate = new CascadeEconomy(0.3m, 0).BreakEvenEscalationRate;
        Assert.Equal(1, new CascadeEconomy(0.3m, rate).CostFraction);
    }
}
