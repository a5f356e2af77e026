using Sluice.Gateway.Levers.Planning;

namespace Sluice.Gateway.Tests.Levers.Planning;

public sealed class ControlGroupTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.02)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public void HoldsItsShareOfAnyConversations(double share)
    {
        const int Draws = 100_000;
        // Neighbouring numbers, which are the hardest to tell apart.
        var drawn = Enumerable.Range(0, Draws).Count(i => IsControl(i, share, seed: 1));

        var fourDeviations = 4 * Math.Sqrt(Draws * share * (1 - share));
        Assert.InRange(drawn, (Draws * share) - fourDeviations, (Draws * share) + fourDeviations);
    }

    [Fact]
    public void AnotherSeedDrawsAnotherGroup()
    {
        var both = Enumerable.Range(0, 100_000).Count(i => IsControl(i, 0.1, seed: 1) && IsControl(i, 0.1, seed: 2));

        // Two independent draws of a tenth share a hundredth: 1,000, give or take four standard deviations.
        Assert.InRange(both, 874, 1_126);
    }

    [Fact]
    public void AGroupGrowsWithItsShareAndLosesNobody()
    {
        for (var i = 0; i < 10_000; i++)
        {
            if (IsControl(i, 0.02, seed: 5))
                Assert.True(IsControl(i, 0.1, seed: 5));
        }
    }

    [Fact]
    public void EachLeverIsHeldBackFromItsOwnShareAndNoneFromTheControlGroup()
    {
        const int Draws = 100_000;
        var drawn = Enumerable.Range(0, Draws).Select(i => ControlGroup.Draw((ulong)i, new LeverSettings { ControlShare = 0.1, HoldBackShare = 0.05 })).ToList();

        Assert.All(drawn.Where(d => d.IsControl), d => Assert.Null(d.HeldBack));
        // 5,000 of each, give or take four standard deviations.
        Assert.All(LeverNames.All, lever => Assert.InRange(drawn.Count(d => d.HeldBack == lever), 4_724, 5_276));
    }

    private static bool IsControl(int conversation, double share, ulong seed) =>
        ControlGroup.Draw((ulong)conversation, new LeverSettings { ControlShare = share, ControlSeed = seed }).IsControl;
}
