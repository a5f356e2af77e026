using Sluice.Lab.Routers.Metrics;

namespace Sluice.Lab.Tests.Routers.Metrics;

public sealed class RoutingCurveTests
{
    [Fact]
    public void TheAreaIsThatUnderTheRecoveredGap()
    {
        // Gains 1, 0, 1, 0 in the order of their ranks: PGR is 0, 0.5, 0.5, 1, 1 at k = 0, 1/4, 1/2, 3/4, 1.
        var curve = RoutingCurve.Of([4, 3, 2, 1], [1, 0, 1, 0]);
        Assert.Equal(0.625, curve.Apgr, 12);
        Assert.Equal(0.25, curve.Cpt50, 12);
        Assert.Equal(0.65, curve.Cpt80, 12);
    }

    [Fact]
    public void EqualRanksAreDrawnAtRandomOnAverage()
    {
        var curve = RoutingCurve.Of([0, 0, 0, 0, 0], [1, 0, -1, 1, 1]);
        Assert.Equal((0.5, 0.5, 0.8), (Math.Round(curve.Apgr, 12), Math.Round(curve.Cpt50, 12), Math.Round(curve.Cpt80, 12)));
    }

    [Fact]
    public void ARandomRankingRecoversHalf()
    {
        var gains = Enumerable.Range(0, 5000).Select(i => i % 5 == 0 ? 1.0 : i % 13 == 0 ? -1 : 0).ToArray();
        var areas = Enumerable.Range(0, 20).Select(seed =>
        {
            var random = new Random(seed);
            return RoutingCurve.Of([.. gains.Select(_ => random.NextDouble())], gains).Apgr;
        }).ToArray();
        Assert.InRange(areas.Average(), 0.48, 0.52);
    }

    [Fact]
    public void ThereIsNoGapToRecoverBetweenEquals() => Assert.False(double.IsFinite(RoutingCurve.Of([1, 2], [0, 0]).Apgr));

    [Fact]
    public void TheIntervalHoldsTheFigureAndIsTheSameEachTime()
    {
        var random = new Random(1);
        var gains = Enumerable.Range(0, 400).Select(_ => random.NextDouble() < 0.3 ? 1.0 : 0).ToArray();
        var ranking = gains.Select(g => g + (2 * random.NextDouble())).ToArray();
        var policy = RankedPolicy.Of("p", ranking, gains, 0);
        Assert.True(policy.Apgr.Low < policy.Apgr.Value && policy.Apgr.Value < policy.Apgr.High);
        Assert.Equal(policy, RankedPolicy.Of("p", ranking, gains, 0));
    }
}
