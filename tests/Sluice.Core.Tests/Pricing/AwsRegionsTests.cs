using Sluice.Core.Pricing;

namespace Sluice.Core.Tests.Pricing;

public sealed class AwsRegionsTests
{
    [Theory]
    [InlineData("*", "eu-west-1", true)]
    [InlineData("*", "us-gov-west-1", false)]
    [InlineData("*", "cn-north-1", false)]
    [InlineData("*", "", false)]
    [InlineData("us-*", "us-west-1", true)]
    [InlineData("us-*", "us-gov-west-1", false)]
    [InlineData("us-*", "eu-west-1", false)]
    [InlineData("us-gov-*", "us-gov-east-1", true)]
    [InlineData("us-gov-*", "us-east-1", false)]
    [InlineData("us-gov-west-1", "us-gov-west-1", true)]
    [InlineData("us-east-1", "us-east-10", false)]
    public void PatternsStayWithinTheirPartition(string pattern, string region, bool matches) => Assert.Equal(matches, AwsRegions.Matches(pattern, region));

    [Theory]
    [InlineData("us-east-1", true)]
    [InlineData("us-gov-west-1", true)]
    [InlineData("ap-southeast-7", true)]
    [InlineData("eu", false)]
    [InlineData("Europe", false)]
    [InlineData("us-east", false)]
    [InlineData("us--1", false)]
    [InlineData("US-EAST-1", false)]
    public void NamesHaveTheFormOfARegion(string text, bool isName) => Assert.Equal(isName, AwsRegions.IsName(text));

    [Fact]
    public void EveryProfileCanBeCalledFromItsUsualRegion() =>
        Assert.All(AwsRegions.Profiles, p => Assert.True(AwsRegions.CanCall(p, AwsRegions.UsualRegion(p))));

    [Theory]
    [InlineData("us", "us-gov-west-1", false)]
    [InlineData("us-gov", "us-east-1", false)]
    [InlineData("eu", "us-east-1", false)]
    [InlineData("us", "ca-central-1", true)]
    [InlineData("global", "sa-east-1", true)]
    [InlineData(null, "sa-east-1", true)]
    [InlineData("mars", "sa-east-1", true)]
    public void AProfileIsCalledFromItsGeography(string? profile, string region, bool can) => Assert.Equal(can, AwsRegions.CanCall(profile, region));
}
