using Sluice.Core.Pricing;

namespace Sluice.Core.Tests.Pricing;

public sealed class PriceNamesTests
{
    [Fact]
    public void EveryTierHasItsOwnNameWhichReadsBack()
    {
        foreach (var tier in Enum.GetValues<ServiceTier>())
        {
            Assert.True(PriceNames.TryParseTier(tier.Name(), out var back));
            Assert.Equal(tier, back);
        }
    }

    [Theory]
    [InlineData("fast", ServiceTier.Priority)]
    [InlineData("standard", ServiceTier.Default)]
    [InlineData("auto", ServiceTier.Default)]
    public void OtherNamesOfATierAreRead(string name, ServiceTier tier)
    {
        Assert.True(PriceNames.TryParseTier(name, out var read));
        Assert.Equal(tier, read);
    }

    [Theory]
    [InlineData("hyperfast")]
    [InlineData("Priority")]
    [InlineData("")]
    [InlineData(null)]
    public void ANameThatIsNotKnownIsAnUnknownTier(string? name)
    {
        Assert.False(PriceNames.TryParseTier(name, out var tier));
        Assert.Equal(ServiceTier.Unknown, tier);
    }
}
