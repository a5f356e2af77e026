using Sluice.Core.Savings;

namespace Sluice.Core.Tests.Savings;

public sealed class NonInferiorityTests(ITestOutputHelper output)
{
    private const double Margin = 0.05;

    [Fact]
    public void NothingIsKnownWithoutPairs()
    {
        Assert.False(NonInferiority.Fails(default, Margin));
        Assert.Equal((-1.0, 1.0), NonInferiority.Bounds(default));
        Assert.Null(default(PairedAnswers).TreatedShare);
    }

    [Fact]
    public void SharesAreThoseOfThePairs()
    {
        var pairs = new PairedAnswers(BothGood: 6, OnlyTreatedGood: 1, OnlyBaselineGood: 2, NeitherGood: 1);

        Assert.Equal((10, 0.7, 0.8), (pairs.Count, pairs.TreatedShare, pairs.BaselineShare));
        Assert.Equal(pairs with { OnlyBaselineGood = 3 }, pairs.With(treatedGood: false, baselineGood: true));
    }

    [Theory]
    [InlineData(0.1, 0.2, 300)]
    [InlineData(0, 0.15, 40)]
    [InlineData(0.2, 0.2, 2_000)]
    [InlineData(0, 0, 1_000)]
    public void TheDecisionIsThatOfTheBounds(double better, double worse, int count)
    {
        var pairs = new PairedAnswers((long)(count * (1 - better - worse)), (long)(count * better), (long)(count * worse), 0);
        var (low, high) = NonInferiority.Bounds(pairs);

        Assert.InRange(better - worse, low, high);
        Assert.Equal(high < -Margin, NonInferiority.Fails(pairs, Margin));
    }

    [Fact]
    public void TheBoundsClose()
    {
        var (low, high) = NonInferiority.Bounds(new PairedAnswers(8_000, 1_000, 1_000, 0));

        Assert.InRange(low, -0.03, 0);
        Assert.InRange(high, 0, 0.03);
    }

    /// <summary>
    /// The worst case that still counts as no worse: exactly at the margin, looked at after each of 10,000 pairs. The limit is
    /// 5 %; with 400 runs a true 5 % would show as more than 8 % in less than one case of 200.
    /// </summary>
    [Theory]
    [InlineData(0.05, 0.0)]
    [InlineData(0.10, 0.05)]
    [InlineData(0.25, 0.20)]
    [InlineData(0.525, 0.475)]
    public void ALeverAtItsMarginIsSwitchedOffInAtMostFivePercentOfRuns(double worse, double better)
    {
        const int runs = 400;
        var failed = Enumerable.Range(0, runs).Count(run => FailsAfter(new Random(run), worse, better, 10_000) is not null);

        output.WriteLine($"{100.0 * failed / runs:0.0} % of runs at the margin");
        Assert.InRange((double)failed / runs, 0, 0.05);
    }

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(0.1, 0.1)]
    public void ALeverThatIsNoWorseIsLeftOn(double worse, double better) =>
        Assert.DoesNotContain(Enumerable.Range(0, 100), run => FailsAfter(new Random(run), worse, better, 10_000) is not null);

    /// <summary>15 points worse: the treated answer fails where the baseline's is good, and for some pairs the other way round.</summary>
    [Theory]
    [InlineData(0.15, 0.0, 150)]
    [InlineData(0.20, 0.05, 400)]
    [InlineData(0.30, 0.15, 800)]
    public void ALeverThatIsFifteenPointsWorseIsFoundWithinSomeHundreds(double worse, double better, int median)
    {
        int[] pairs = [.. Enumerable.Range(0, 200).Select(run => FailsAfter(new Random(run), worse, better, 10_000) ?? int.MaxValue).Order()];

        output.WriteLine($"found after {pairs[100]} pairs in half of the runs, after {pairs[190]} in 95 %");
        Assert.InRange(pairs[100], 1, median);
        Assert.InRange(pairs[199], 1, 10_000);
    }

    private static int? FailsAfter(Random random, double worse, double better, int most)
    {
        var pairs = new PairedAnswers();
        for (var i = 1; i <= most; i++)
        {
            var drawn = random.NextDouble();
            pairs = pairs.With(treatedGood: drawn >= worse, baselineGood: drawn < worse || drawn >= worse + better);
            // Only such a pair adds to the evidence, so to look after the others as well changes nothing.
            if (drawn < worse && NonInferiority.Fails(pairs, Margin))
                return i;
        }
        return null;
    }
}
