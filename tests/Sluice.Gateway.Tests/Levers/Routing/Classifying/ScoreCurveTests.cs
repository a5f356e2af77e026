using Sluice.Gateway.Levers.Routing.Classifying;

namespace Sluice.Gateway.Tests.Levers.Routing.Classifying;

public sealed class ScoreCurveTests
{
    private static readonly ScoreCurve Curve = new([0.8f, 0.4f, 0.4f, 0, -0.2f], [0.5f, 0.6f, 0.7f, 0.65f, 0.8f]);

    [Theory]
    [InlineData(0.9, 0)]
    [InlineData(0.8, 0)]
    [InlineData(0.6, 0.125)]
    [InlineData(0.2, 0.625)]
    [InlineData(-0.2, 1)]
    [InlineData(-0.9, 1)]
    public void AGainHasItsPlaceAmongThoseOfTraining(double gain, double share) => Assert.Equal(share, Curve.ShareAbove(gain), 5);

    [Theory]
    [InlineData(0.4, 0.0)]
    [InlineData(0.61, 0.5)]
    [InlineData(0.75, 1.0)]
    [InlineData(0.81, null)]
    public void AFloorIsHeldByTheSmallestShareThatReachesIt(double floor, double? share) => Assert.Equal(share, Curve.ShareForQuality(floor));
}
