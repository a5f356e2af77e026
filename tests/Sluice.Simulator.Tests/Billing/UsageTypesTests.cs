using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Simulator.Billing;

namespace Sluice.Simulator.Tests.Billing;

/// <summary>Each spelling stands in bedrock.md, section 4.4, which took it from AWS's user guide or from public code.</summary>
public sealed class UsageTypesTests
{
    private static string Spell(string model, UsageKind kind, string region = "us-east-1", bool global = false, ServiceTier tier = ServiceTier.Default, bool fast = false, bool longContext = false, bool mantle = false) =>
        UsageTypes.Spell(Product.Of(model), new BillKey
        {
            Hour = default,
            Model = model,
            Kind = kind,
            Region = region,
            IsGlobal = global,
            Tier = tier,
            LatencyOptimized = fast,
            IsLongContext = longContext,
            IsMantle = mantle,
            AccountId = "",
            PrincipalArn = "",
        });

    [Fact]
    public void SpellsAwsOwnItems()
    {
        Assert.Equal("USE1-Claude3Sonnet-input-tokens", Spell("anthropic.claude-3-sonnet-20240229-v1:0", UsageKind.Input));
        Assert.Equal("USE1-Claude2.0-input-tokens", Spell("anthropic.claude-v2", UsageKind.Input));
        Assert.Equal("USE1-Claude3-5Haiku-input-tokens-latency-optimized", Spell("anthropic.claude-3-5-haiku-20241022-v1:0", UsageKind.Input, fast: true));
        Assert.Equal("USE1-Nova2.0Lite-input-tokens-flex", Spell("amazon.nova-2-lite-v1:0", UsageKind.Input, tier: ServiceTier.Flex));
        Assert.Equal("EU-Nova2.0Lite-input-tokens-cross-region-global", Spell("amazon.nova-2-lite-v1:0", UsageKind.Input, "eu-west-1", global: true));
        Assert.Equal("USE1-gpt-oss-120b-output-tokens-priority", Spell("openai.gpt-oss-120b-1:0", UsageKind.Output, tier: ServiceTier.Priority));
        Assert.Equal("EUW2-Mistral7B-output-tokens", Spell("mistral.mistral-7b-instruct-v0:2", UsageKind.Output, "eu-west-2"));
        Assert.Equal("EU-Qwen3-32B-input-tokens", Spell("qwen.qwen3-32b-v1:0", UsageKind.Input, "eu-west-1"));
        Assert.Equal("APS3-Qwen3-VL-235B-A22B-input-tokens", Spell("qwen.qwen3-vl-235b-a22b", UsageKind.Input, "ap-south-1"));
        Assert.Equal("USE1-Llama4-Maverick-17B-input-tokens", Spell("meta.llama4-maverick-17b-instruct-v1:0", UsageKind.Input));
        Assert.Equal("APN1-NovaPro-cache-read-input-token-count", Spell("amazon.nova-pro-v1:0", UsageKind.CacheRead, "ap-northeast-1"));
        Assert.Equal("USE1-Claude4.5Sonnet-cache-write-1h-input-token-count", Spell("anthropic.claude-sonnet-4-5-20250929-v1:0", UsageKind.CacheWrite1h));
        Assert.Equal("USE1-openai.gpt-oss-120b-mantle-input-tokens-standard", Spell("openai.gpt-oss-120b-1:0", UsageKind.Input, mantle: true));
    }

    [Fact]
    public void SpellsTheMarketplacesItemsInBothStyles()
    {
        Assert.Equal("USE1-MP:USE1_InputTokenCount-Units", Spell("anthropic.claude-sonnet-4-6", UsageKind.Input));
        Assert.Equal("USE2-MP:USE2_InputTokenCount_Global-Units", Spell("anthropic.claude-sonnet-4-6", UsageKind.Input, "us-east-2", global: true));
        Assert.Equal("USE1-MP:USE1_CacheWrite1hInputTokenCount_Global-Units", Spell("anthropic.claude-haiku-4-5-20251001-v1:0", UsageKind.CacheWrite1h, global: true));
        Assert.Equal("USE1-MP:USE1_search_units-Units", Spell("cohere.rerank-v3-5:0", UsageKind.SearchUnit));
        Assert.Equal("USW2-MP:USW2_created_image-Units", Spell("stability.sd3-5-large-v1:0", UsageKind.OutputImage, "us-west-2"));
        Assert.Equal("USW2-MP:USW2_input_tokens_standard-Units", Spell("anthropic.claude-opus-4-8", UsageKind.Input, "us-west-2"));
        Assert.Equal("USW2-MP:USW2_output_tokens_global_standard-Units", Spell("anthropic.claude-opus-5", UsageKind.Output, "us-west-2", global: true));
        Assert.Equal("USW2-MP:USW2_cache_write_tokens_1h_global_standard-Units", Spell("anthropic.claude-sonnet-5", UsageKind.CacheWrite1h, "us-west-2", global: true));
        Assert.Equal("USW2-MP:USW2_cache_write_tokens_30m_standard-Units", Spell("openai.gpt-5.6-sol", UsageKind.CacheWrite5m, "us-west-2"));
        Assert.Equal("USW2-MP:USW2_input_tokens_long_ctx_global_standard-Units", Spell("openai.gpt-5.6-sol", UsageKind.Input, "us-west-2", global: true, longContext: true));
        Assert.StartsWith("EUW1-MP:EUW1_", Spell("anthropic.claude-opus-5", UsageKind.Input, "eu-west-1"), StringComparison.Ordinal);
    }

    [Fact]
    public void NamesEachMarketplaceProductAndGivesItACodeOfItsOwn()
    {
        var sonnet = Product.Of("anthropic.claude-sonnet-4-6");
        Assert.Equal("Claude Sonnet 4.6 (Amazon Bedrock Edition)", sonnet.ServiceName);
        Assert.Matches("^[a-z0-9]{20,}$", sonnet.ProductCode);
        Assert.NotEqual(sonnet.ProductCode, Product.Of("anthropic.claude-opus-4-6-v1").ProductCode);
        Assert.Equal("AmazonBedrockService", Product.Of("anthropic.claude-sonnet-4-5-20250929-v1:0").ProductCode);
        Assert.Equal("AmazonBedrock", Product.Of("amazon.nova-lite-v1:0").ProductCode);
    }

    [Fact]
    public void EveryModelHasAProduct() =>
        Assert.All(Sluice.Simulator.Models.ModelCatalogue.All, model => Assert.NotEqual("", Product.Of(model.Id).ServiceName));
}
