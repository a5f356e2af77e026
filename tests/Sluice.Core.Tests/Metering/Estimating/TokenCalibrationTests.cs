using Sluice.Core.Metering.Estimating;

namespace Sluice.Core.Tests.Metering.Estimating;

public sealed class TokenCalibrationTests
{
    private static readonly TokenEstimate Prose = new(ContentKind.Prose, 1000, 0.12);
    private static readonly TokenEstimate Json = new(ContentKind.Json, 1000, 0.09);

    [Fact]
    public void AModelThatWasNeverSeenHasTheRawCountAndAWideError()
    {
        var estimate = new TokenCalibration().Estimate("new", Prose);
        Assert.Equal(1000, estimate.Tokens);
        Assert.InRange(estimate.RelativeError, 0.3, 0.4);
    }

    [Fact]
    public void LearnsHowAModelDiffersAndHowSureThatIs()
    {
        var calibration = new TokenCalibration();
        var random = new Random(1);
        double error = 1;
        foreach (var calls in new[] { 5, 20, 200 })
        {
            for (var i = 0; i < calls; i++)
                calibration.Observe("model", [Prose], (long)(1250 * (1 + ((random.NextDouble() - 0.5) * 0.1))));
            var estimate = calibration.Estimate("model", Prose);
            Assert.True(estimate.RelativeError < error);
            error = estimate.RelativeError;
        }
        Assert.InRange(calibration.Estimate("model", Prose).Tokens, 1225, 1275);
        Assert.InRange(error, 0.03, 0.08); // Of an even spread of ±5 %, nine of ten lie within ±4.5 %.
    }

    /// <summary>Of a hundred calls that follow, at least 85 and not all must lie within the error that is stated for nine of ten.</summary>
    [Fact]
    public void NineOfTenLaterCallsLieWithinTheError()
    {
        var calibration = new TokenCalibration();
        var random = new Random(2);
        var within = 0;
        for (var i = 0; i < 1200; i++)
        {
            var noise = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var reported = (long)(1300 * Math.Exp(0.06 * noise));
            var estimate = calibration.Estimate("model", Prose);
            if (i >= 200 && reported >= estimate.Low && reported <= estimate.High)
                within++;
            calibration.Observe("model", [Prose], reported);
        }
        Assert.InRange(within, 850, 960);
    }

    [Fact]
    public void TellsKindsApartInCallsThatMixThem()
    {
        var calibration = new TokenCalibration();
        var random = new Random(3);
        for (var i = 0; i < 2000; i++)
        {
            var (prose, json) = (Prose with { Tokens = random.Next(50, 2000) }, Json with { Tokens = random.Next(50, 2000) });
            calibration.Observe("model", [prose, json], (long)((1.1 * prose.Tokens) + (1.4 * json.Tokens)));
        }
        Assert.InRange(calibration.Estimate("model", Prose).Tokens, 1060, 1150);
        Assert.InRange(calibration.Estimate("model", Json).Tokens, 1340, 1450);
        Assert.InRange(calibration.Estimate("model", Prose, Json).Tokens, 2450, 2550);
    }

    [Fact]
    public void OutliersHardlyMoveIt()
    {
        var calibration = new TokenCalibration();
        for (var i = 0; i < 300; i++)
            calibration.Observe("model", [Prose], i % 20 == 19 ? 40_000 : 1200); // One call in twenty had a picture that nobody told of.
        Assert.InRange(calibration.Estimate("model", Prose).Tokens, 1180, 1260);
    }

    [Fact]
    public void AKindThatWasNeverSeenFollowsItsModel()
    {
        var calibration = new TokenCalibration();
        for (var i = 0; i < 100; i++)
            calibration.Observe("model", [Prose], 1300);
        var estimate = calibration.Estimate("model", Json);
        Assert.InRange(estimate.Tokens, 1220, 1300); // Most of the way: a part of what differs is the kind's own.
        Assert.True(estimate.RelativeError >= 0.15);
    }

    [Fact]
    public void FollowsAModelThatChanges()
    {
        var calibration = new TokenCalibration();
        for (var i = 0; i < 500; i++)
            calibration.Observe("model", [Prose], 1000);
        for (var i = 0; i < 500; i++)
            calibration.Observe("model", [Prose], 1350);
        Assert.InRange(calibration.Estimate("model", Prose).Tokens, 1300, 1380);
    }

    [Fact]
    public void ShortCallsTeachNothing()
    {
        var calibration = new TokenCalibration();
        calibration.Observe("model", [Prose with { Tokens = 20 }], 400); // Most of it is what the provider adds.
        calibration.Observe("model", [Prose], 10);
        Assert.Equal(1000, calibration.Estimate("model", Prose).Tokens);
    }

    [Fact]
    public void MemoryIsBoundedByForgettingTheModelSeenLongestAgo()
    {
        var calibration = new TokenCalibration(maxModels: 3);
        foreach (var model in new[] { "a", "b", "c", "a", "d", "e" })
            calibration.Observe(model, [Prose], 1500);
        Assert.Equal(3, calibration.Count);
        Assert.Equal(1000, calibration.Estimate("b", Prose).Tokens);
        Assert.True(calibration.Estimate("a", Prose).Tokens > 1000);
    }

    [Fact]
    public void ManyThreadsMayTeachIt()
    {
        var calibration = new TokenCalibration(maxModels: 8);
        Parallel.For(0, 4000, i => calibration.Observe($"model {i % 12}", [Prose, Json], 2600));
        Assert.InRange(calibration.Count, 1, 12);
        calibration.Observe("last", [Prose], 1300);
        Assert.InRange(calibration.Estimate("last", Prose).Tokens, 1100, 1300);
    }
}
