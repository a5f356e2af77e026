using Sluice.Lab.Semantics;

namespace Sluice.Lab.Tests.Semantics;

public sealed class RankMetricsTests
{
    [Fact]
    public void AucCountsTiesHalf()
    {
        // Of the four pairs of a duplicate and another: 0.9 beats both, 0.5 ties one and beats one.
        Assert.Equal(3.5 / 4, RankMetrics.Auc([0.9, 0.5, 0.5, 0.1], [true, true, false, false]), 12);
        Assert.Equal(0.5, RankMetrics.Auc([1, 1, 1], [true, false, true]), 12);
    }

    [Fact]
    public void RecallIsTheLargestAtWhichThePrecisionHolds()
    {
        double[] scores = [0.9, 0.8, 0.7, 0.6, 0.5];
        bool[] labels = [true, false, true, true, false];
        Assert.Equal((1.0, 0.6), RankMetrics.RecallAt(0.75, scores, labels));
        Assert.Equal((1 / 3.0, 0.9), RankMetrics.RecallAt(0.9, scores, labels));
        Assert.Equal(0, RankMetrics.RecallAt(0.9, [0.9, 0.9], [true, false]).Recall);
    }

    [Fact]
    public void SpearmanGivesTiesTheirMeanRank()
    {
        Assert.Equal(1, RankMetrics.Spearman([1, 2, 3], [10, 20, 400]), 12);
        Assert.Equal(-1, RankMetrics.Spearman([1, 2, 3], [3, 2, 1]), 12);
        // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: 4.5 / sqrt(4.5 * 5).
        Assert.Equal(4.5 / Math.Sqrt(22.5), RankMetrics.Spearman([1, 2, 2, 3], [1, 2, 3, 4]), 12);
    }

    [Fact]
    public void WhatIsVetoedNeverCountsAsFound() =>
        Assert.Equal(0.5, RankMetrics.RecallAt(0.1, [0.9, double.NegativeInfinity], [true, true]).Recall);
}
