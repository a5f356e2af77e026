using Sluice.Gateway.Levers.SemanticRecall.Bounding;
using Sluice.Gateway.Levers.SemanticRecall.Calibrating;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;

namespace Sluice.Gateway.Tests.Levers.SemanticRecall.Bounding;

public sealed class ErrorBoundTests
{
    private static readonly Calibration Calibrated = new(new EmbedderIdentity("test", 2, "1"), false, 0.99, 0.99, 0.5, 0, 1000, 500);

    [Fact]
    public void NothingIsServedBeforeAnythingIsKnown()
    {
        var bound = new ErrorBound(new ErrorBoundOptions(), Calibrated, 1);
        Assert.Equal(BoundDecision.Ask, bound.Decide(1, EntryTrust.New));
        Assert.Equal(double.PositiveInfinity, bound.Threshold);
    }

    [Theory]
    [InlineData(0.01, ErrorBasis.Hits)]
    [InlineData(0.02, ErrorBasis.Hits)]
    [InlineData(0.05, ErrorBasis.Hits)]
    [InlineData(0.01, ErrorBasis.Calls)]
    public void WhatIsServedStaysWithinTheBound(double maxErrorShare, ErrorBasis basis)
    {
        var (calls, hits, wrong, bound) = Run(new ErrorBoundOptions { MaxErrorShare = maxErrorShare, Basis = basis }, 40_000, seed: 3);
        Assert.True(hits > 100, $"{hits}");
        Assert.True(wrong <= maxErrorShare * (basis == ErrorBasis.Hits ? hits : calls), $"{wrong} of {hits}");
        Assert.InRange(bound.Explored, 1, calls);
    }

    [Fact]
    public void TheSameSeedDecidesTheSame() => Assert.Equal(Run(new ErrorBoundOptions(), 5000, 4).Hits, Run(new ErrorBoundOptions(), 5000, 4).Hits);

    [Fact]
    public void ACalibrationIsBelievedOnceTheTrafficBearsItOut()
    {
        Assert.Equal(0.5, After128Labels(_ => true).Threshold);
        Assert.Equal(double.PositiveInfinity, After128Labels(i => i % 10 != 0).Threshold);
    }

    /// <summary>Labels without end do not make up for a calibration.</summary>
    [Fact]
    public void WhatWasNeverCalibratedServesNothingHoweverOftenItWasRight()
    {
        var bound = new ErrorBound(new ErrorBoundOptions { MaxErrorShare = 0.1 }, null, 1);
        for (var i = 0; i < 2000; i++)
            bound.Learn(0.9, BoundDecision.Ask, isRight: true, EntryTrust.New);
        Assert.Equal(double.PositiveInfinity, bound.Threshold);
    }

    [Fact]
    public void AComplaintMovesTheThresholdAtOnceAndPraiseInTime()
    {
        var bound = new ErrorBound(new ErrorBoundOptions { MaxErrorShare = 0.01 }, Calibrated, 1);
        for (var i = 0; i < 384; i++)
            bound.Learn(i < 192 ? 0.6 : 0.9, BoundDecision.Ask, isRight: true, EntryTrust.New);
        Assert.Equal(0.6, bound.Threshold);

        // One wrong one of 385 is more than can be right with a bound of 1 %, and the rest does not prove it by itself.
        var trust = bound.Hear(0.95, isRight: false, EntryTrust.New);
        Assert.Equal((0.5, 1, 0), (bound.Threshold, bound.Complaints, bound.Explored));
        Assert.False(trust.Trusts(0.95));
        // Three more, and the calibration is not borne out any more either.
        for (var i = 0; i < 3; i++)
            bound.Hear(0.95, isRight: false, EntryTrust.New);
        Assert.Equal(double.PositiveInfinity, bound.Threshold);

        for (var i = 0; i < 1024; i++)
            bound.Hear(0.7, isRight: true, EntryTrust.New);
        Assert.InRange(bound.Threshold, 0.5, 0.7);
        Assert.Equal(4, bound.Complaints);
    }

    [Fact]
    public void AnEntryThatWasWrongIsMetMoreClosely()
    {
        var trust = EntryTrust.New.With(0.9, isRight: false);
        Assert.False(trust.Trusts(0.9));
        Assert.True(trust.Trusts(0.95));
        Assert.False(trust.With(0.8, isRight: false).Trusts(0.99));
        Assert.True(trust.With(0.8, false).With(1, true).With(1, true).With(1, true).Trusts(0.99));
    }

    private static ErrorBound After128Labels(Func<int, bool> isRight)
    {
        var bound = new ErrorBound(new ErrorBoundOptions { MaxErrorShare = 0.01 }, Calibrated, 1);
        for (var i = 0; i < 128; i++)
        {
            bound.Count();
            bound.Learn(0.6, BoundDecision.Ask, isRight(i), EntryTrust.New);
        }
        return bound;
    }

    /// <summary>Matches whose error falls with their score: a tenth at 0.7, none at 1.</summary>
    private static (int Calls, int Hits, int Wrong, ErrorBound Bound) Run(ErrorBoundOptions options, int calls, int seed)
    {
        var (random, bound) = (new Random(seed), new ErrorBound(options, Calibrated with { TargetPrecision = 0.5 }, seed));
        var (hits, wrong) = (0, 0);
        for (var i = 0; i < calls; i++)
        {
            var score = random.NextDouble();
            var isRight = random.NextDouble() >= Math.Pow(1 - score, 2);
            bound.Count();
            var decision = bound.Decide(score, EntryTrust.New);
            if (decision != BoundDecision.Serve)
            {
                bound.Learn(score, decision, isRight, EntryTrust.New);
                continue;
            }
            hits++;
            wrong += isRight ? 0 : 1;
        }
        return (calls, hits, wrong, bound);
    }
}
