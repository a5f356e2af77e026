using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Core.Tests.Pricing;

public sealed class GuardrailTextUnitsTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(1000, 1)]
    [InlineData(1001, 2)]
    [InlineData(1500, 2)]
    public void AStartedThousandOfCharactersIsAUnit(long characters, long units) => Assert.Equal(units, GuardrailTextUnits.Of(characters));

    [Fact]
    public void EachPolicyCountsEachText()
    {
        var usage = GuardrailTextUnits.ForTexts(10, 1001, UsageKind.GuardrailTopicUnit, UsageKind.GuardrailContentUnit);
        Assert.Equal(20, usage.Count(UsageKind.GuardrailTopicUnit));
        Assert.Equal(20, usage.Count(UsageKind.GuardrailContentUnit));
        Assert.Equal(0, usage.Count(UsageKind.GuardrailWordUnit));
    }
}
