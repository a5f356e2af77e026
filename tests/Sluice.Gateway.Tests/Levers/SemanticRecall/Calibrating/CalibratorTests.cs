using Sluice.Gateway.Levers.SemanticRecall.Calibrating;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;

namespace Sluice.Gateway.Tests.Levers.SemanticRecall.Calibrating;

public sealed class CalibratorTests
{
    private static readonly EmbedderIdentity Embedder = new("test", 2, "1");

    [Fact]
    public void TakesTheLowestThresholdWhosePrecisionIsProven()
    {
        // 200 right above 0.8, then as many wrong as right.
        var scored = Enumerable.Range(0, 200).Select(i => (0.8 + (i * 0.001), true)).Concat(Enumerable.Range(0, 200).Select(i => (0.4 + (i * 0.001), i % 2 == 0))).ToList();
        var calibration = Calibrator.FromPairs(Embedder, false, scored, 0.95)!;
        Assert.InRange(calibration.Threshold, 0.55, 0.8);
        Assert.True(calibration.PrecisionLow >= 0.95);
        Assert.True(calibration.HoldsFor(Embedder, false));
        Assert.False(calibration.HoldsFor(Embedder with { Version = "2" }, false));
        Assert.False(calibration.HoldsFor(Embedder, true));
    }

    [Fact]
    public void FewLabelsProveNothing()
    {
        // Of n right ones the lower end of the interval is n / (n + 3.84): it takes 73 to prove 95 %.
        Assert.Null(Calibrator.FromPairs(Embedder, false, [.. Enumerable.Range(0, 72).Select(i => (i / 100.0, true))], 0.95));
        Assert.NotNull(Calibrator.FromPairs(Embedder, false, [.. Enumerable.Range(0, 73).Select(i => (i / 100.0, true))], 0.95));
    }

    [Fact]
    public void VetoedPairsServeNothing() =>
        Assert.Null(Calibrator.FromPairs(Embedder, false, [.. Enumerable.Range(0, 500).Select(_ => (double.NegativeInfinity, true))], 0.5));

    [Fact]
    public void AMarginIsAskedForWhereItLetsMorePass()
    {
        var matches = Enumerable.Range(0, 400).Select(i => i % 2 == 0 ? new ScoredMatch(0.5 + (i * 0.001), 0.2, true) : new ScoredMatch(0.5 + (i * 0.001), 0.005, i % 4 == 1)).ToList();
        var calibration = Calibrator.FromMatches(Embedder, false, matches, 0.95)!;
        Assert.Equal(0.01, calibration.Margin);
        Assert.Equal(200, calibration.Accepted);
    }

    [Fact]
    public void WilsonsIntervalIsThatOfTheTextbook()
    {
        // Newcombe 1998, Statistics in Medicine 17, 857, table I, method 3: 81 of 263 is 0.2553 to 0.3662.
        var interval = WilsonInterval.Of(81, 263);
        Assert.Equal(0.2553, interval.Low, 4);
        Assert.Equal(0.3662, interval.High, 4);
        Assert.Equal(new WilsonInterval(0, 1), WilsonInterval.Of(0, 0));
    }
}
