using Sluice.Core.Savings;

namespace Sluice.Core.Tests.Savings;

public sealed class CompoundedSavingTests
{
    [Fact]
    public void PartsOfTheRemainingSpendDependOnTheOrderAndTheirSumDoesNot()
    {
        var one = CompoundedSaving.Of(Money.FromUsd(100), SavingBasis.Remaining, ("a", 0.5m), ("b", 0.2m));
        var other = CompoundedSaving.Of(Money.FromUsd(100), SavingBasis.Remaining, ("b", 0.2m), ("a", 0.5m));
        Assert.Equal(["50", "10"], one.Parts.Select(p => p.Saved.ToString()), StringComparer.Ordinal);
        Assert.Equal(["20", "40"], other.Parts.Select(p => p.Saved.ToString()), StringComparer.Ordinal);
        Assert.Equal(one.After, other.After);
    }

    [Fact]
    public void PartsAddUpEvenWhereTheyHadToBeRounded()
    {
        var third = 1m / 3;
        var saving = CompoundedSaving.Of(Money.FromUsd(0.01m), SavingBasis.Remaining, ("a", third), ("b", third), ("c", third));
        Assert.Equal(saving.Before, saving.After + saving.Saved);
    }

    [Fact]
    public void NothingAppliedSavesNothing() => Assert.Equal(Money.FromUsd(5), CompoundedSaving.Of(Money.FromUsd(5), SavingBasis.Original).After);

    [Fact]
    public void MoreThanEverythingCannotBeSaved()
    {
        Assert.Throws<ArgumentException>(() => CompoundedSaving.Of(Money.FromUsd(1), SavingBasis.Original, ("a", 0.6m), ("b", 0.6m)));
        var error = Assert.Throws<ArgumentException>(() => CompoundedSaving.Of(Money.FromUsd(1), SavingBasis.Remaining, ("a", 60)));
        Assert.Contains("a is 60", error.Message, StringComparison.Ordinal);
    }
}
