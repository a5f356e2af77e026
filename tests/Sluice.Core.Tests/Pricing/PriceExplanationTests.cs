using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using static Sluice.Core.Tests.Pricing.Asked;

namespace Sluice.Core.Tests.Pricing;

public sealed class PriceExplanationTests
{
    private const string Sonnet45 = "anthropic.claude-sonnet-4-5-20250929-v1:0";

    [Fact]
    public void AnUnknownModelIsToldWithTheNearestOnes() => Says(
        On("anthropic.claude-sonet-4-5-20250929-v1:0"), UsageKind.Input,
        "The price book has no price for anthropic.claude-sonet-4-5-20250929-v1:0. Did you mean anthropic.claude-sonnet-4-5-20250929-v1:0");

    [Fact]
    public void AMissingRegionIsToldFirst() => Says(On(Sonnet45, ""), UsageKind.Input, "The region of the call is not known");

    [Fact]
    public void ARegionWithoutAPriceIsToldWithThoseThatHaveOne() => Says(
        On("meta.llama3-70b-instruct-v1:0", "eu-north-1"), UsageKind.Input,
        "input of meta.llama3-70b-instruct-v1:0 has no price for the bare id in eu-north-1; the book prices it in ap-south-1, ca-central-1, eu-west-1, eu-west-2, sa-east-1, us-*, us-gov-*.");

    [Fact]
    public void AKindWithoutAPriceIsToldWithThoseThatHaveOne() => Says(
        On("anthropic.claude-3-haiku-20240307-v1:0"), UsageKind.CacheWrite1h,
        "cache_write_1h of anthropic.claude-3-haiku-20240307-v1:0 has no price; the book prices input, cache_read, cache_write_5m, output of it.");

    [Fact]
    public void AProfileWithoutAPriceIsTold() => Says(
        On("anthropic.claude-opus-4-1-20250805-v1:0", profile: "global"), UsageKind.Input,
        "has no price for the global profile; the book prices it for the bare id, geographic profiles.");

    [Fact]
    public void ATierWithoutAPriceIsToldWithThoseThatHaveOne() => Says(
        On(Sonnet45) with { Tier = ServiceTier.Flex }, UsageKind.Input, "has no price in the flex tier; the book prices it on demand, batch.");

    [Fact]
    public void PrepaidTokensAreToldAsSuch() => Says(
        On(Sonnet45) with { Tier = ServiceTier.Reserved }, UsageKind.Output, "Tokens of the reserved tier are prepaid by capacity");

    [Fact]
    public void ADayBeforeTheFirstPriceIsTold()
    {
        var explanation = PriceBook.Default.Explain(On(Sonnet45), UsageKind.Input, Day("2025-01-01"));
        Assert.Contains("has no price on 2025-01-01; the book prices it from 2025-09-29.", explanation.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void AProfileThatTheRegionCannotCallIsTold() => Says(
        On("amazon.nova-lite-v1:0", "us-east-1", "eu"), UsageKind.Input, "The eu profile can't be called from us-east-1");

    [Theory]
    [InlineData("anthropic.claude-mythos-preview", "gated preview")]
    [InlineData("amazon.nova-canvas-v1:0", "depends on its size and quality")]
    [InlineData("anthropic.claude-3-7-sonnet-20240620-v1:0", "No model of this id was ever listed")]
    public void WhatIsKnownOfAModelWithoutAPriceIsSaid(string model, string note) => Says(On(model), UsageKind.OutputImage, note);

    [Fact]
    public void TheFixIsALineThatGivesThePrice()
    {
        var identity = On("meta.llama3-70b-instruct-v1:0", "eu-north-1", "eu") with { Tier = ServiceTier.Priority };
        var fix = PriceBook.Default.Explain(identity, UsageKind.Output, Now).Fix;
        var line = fix[(fix.LastIndexOf(' ') + 1)..].Replace("USD", "4.5", StringComparison.Ordinal);
        var own = PriceOverrides.LoadOwnPrices(new StringReader($"{PriceFileTests.Header}\n{line}\n"), "own.csv");
        Assert.Equal(4.5m, PriceBook.Default.WithOverrides(own).Find(identity, UsageKind.Output, 0, Now)?.UsdPerMillion);
    }

    private static void Says(in PriceIdentity identity, UsageKind kind, string expected)
    {
        Assert.Null(PriceBook.Default.Find(identity, kind, 0, Now));
        Assert.Contains(expected, PriceBook.Default.Explain(identity, kind, Now).Why, StringComparison.Ordinal);
    }
}
