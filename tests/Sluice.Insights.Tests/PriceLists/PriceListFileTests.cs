using System.Text;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Insights.PriceLists;

namespace Sluice.Insights.Tests.PriceLists;

public sealed class PriceListFileTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void ReadsLiteLlmsNamesWithTheirRoutesBandsAndModes()
    {
        var prices = Read("""
            {"sample_spec":{"input_cost_per_token":1,"litellm_provider":"one of them"},
             "gpt-5":{"litellm_provider":"openai","input_cost_per_token":1e-06},
             "bedrock/us-gov-west-1/anthropic.claude-x":{"litellm_provider":"bedrock","input_cost_per_token":1.1999999999999999e-05,"max_input_tokens":5,
              "cache_creation_input_token_cost_above_1hr_above_200k_tokens":2.4e-05,"output_cost_per_token_batches":5e-06,"output_cost_per_token_priority":7e-06,"cost_of_nothing_known":1}}
            """);
        Assert.Equal(
            ["input 0.000012", "cache_write_1h 0.000024", "output 0.000005", "output 0.000007", "cost_of_nothing_known 1"],
            prices.Select(p => $"{p.KindName} {p.UsdPerUnit:0.######}"));
        Assert.All(prices, p => Assert.Equal(("anthropic.claude-x", "us-gov-west-1"), (p.Identity.Model, p.Identity.Region)));
        Assert.Equal((200_001, true, ServiceTier.Priority), (prices[1].ContextTokens, prices[2].Identity.Batch, prices[3].Identity.Tier));
        Assert.Null(prices[4].Kind);
    }

    [Theory]
    [InlineData("""{"amazon-bedrock":{"id":"amazon-bedrock","models":{"global.openai.gpt-6-sol":{"cost":{"input":2,"output":10,"cache_read":0.2,"cache_write":0}}}},"other":{}}""")]
    [InlineData("""{"models":{"global.openai.gpt-6-sol":{"cost_usd_per_mtok":{"input":2,"output":10,"cacheRead":0.2,"cacheWrite":0}}}}""")]
    public void ReadsBothFormsOfModelsDev(string json)
    {
        var prices = Read(json);
        Assert.Equal([(UsageKind.Input, 0.000002m), (UsageKind.Output, 0.00001m), (UsageKind.CacheRead, 0.0000002m)], prices.Select(p => (p.Kind!.Value, p.UsdPerUnit)));
        Assert.All(prices, p => Assert.Equal(("openai.gpt-6-sol", "global"), (p.Identity.Model, p.Identity.Profile)));
        Assert.Empty(PriceGap.Find("list", prices, PriceBook.Default, At));
    }

    private const string Product = """{"regionCode":"us-west-2","usagetype":"USW2-MP:USW2_input_tokens_global_standard-Units","servicename":"Claude Opus 5.5 (Amazon Bedrock Edition)"}""";
    private const string Offers = """{"a":{"priceDimensions":{"b":{"unit":"1M tokens","pricePerUnit":{"USD":"4.0000000000"} } } } }""";

    [Fact]
    public void ReadsAwssOffersAndAnswers()
    {
        var offer = Read($$"""{"offerCode":"AmazonBedrockFoundationModels","products":{"sku":{"attributes":{{Product}}} },"terms":{"OnDemand":{"sku":{{Offers}}} } }""");
        var item = $$"""{"product":{"attributes":{{Product}}},"terms":{"OnDemand":{{Offers}}} }""";
        var answer = Read($$"""{"FormatVersion":"aws_v1","PriceList":["{{item.Replace("\"", "\\\"", StringComparison.Ordinal)}}"]}""");
        Assert.Equal(offer, answer);
        var price = Assert.Single(offer);
        Assert.Equal(("anthropic.claude-opus-5-5", "global", UsageKind.Input, 0.000004m), (price.Identity.Model, price.Identity.Profile, price.Kind, price.UsdPerUnit));
    }

    [Theory]
    [InlineData("USE1-Claude3Sonnet-input-tokens", "0.003", null)]
    [InlineData("USE1-Claude3Sonnet-input-tokens", "0.004", PriceGapKind.Differs)]
    [InlineData("USE1-moonshotai.kimi-k9-mantle-input-tokens-standard", "0.003", PriceGapKind.NoModel)]
    [InlineData("USE1-Claude3Sonnet-input-tokens-flex", "0.0015", PriceGapKind.NoPrice)]
    [InlineData("USE1-Claude3Sonnet-input-tokens-somehow", "0.003", PriceGapKind.NoKind)]
    public void TellsWhatTheBookLacksOfAList(string usageType, string usd, PriceGapKind? kind)
    {
        var prices = Read($$$"""{"products":{"sku":{"attributes":{"regionCode":"us-east-1","usagetype":"{{{usageType}}}"} } },"terms":{"OnDemand":{"sku":{"a":{"priceDimensions":{"b":{"unit":"1K tokens","pricePerUnit":{"USD":"{{{usd}}}"} } } } } } } }""");
        Assert.Equal(kind, PriceGap.Find("list", prices, PriceBook.Default, At).SingleOrDefault()?.Kind);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"models\":{\"x\":{}}}")]
    [InlineData("model,usd")]
    [InlineData("{\"products\":1,\"terms\":2}")]
    [InlineData("{\"PriceList\":[\"not json\"]}")]
    [InlineData("{\"PriceList\":[1,{}]}")]
    public void WhatIsNoPriceListIsRefusedByName(string json) =>
        Assert.Contains("'list.json'", Assert.Throws<InvalidDataException>(() => Read(json)).Message, StringComparison.Ordinal);

    private static IReadOnlyList<StatedPrice> Read(string json) => PriceListFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)), "list.json");
}
