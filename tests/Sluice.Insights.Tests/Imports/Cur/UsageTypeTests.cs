using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Insights.Imports.Cur;
using Sluice.Insights.Tests.Harness;

namespace Sluice.Insights.Tests.Imports.Cur;

/// <summary>The spellings are those of AWS's guide to the CUR and of public code that reads real bills.</summary>
public sealed class UsageTypeTests
{
    [Theory]
    [InlineData("USE1-Claude4.6Sonnet-input-tokens", "us-east-1", "Claude4.6Sonnet", UsageKind.Input)]
    [InlineData("USE1-Claude4.6Sonnet-cache-read-input-token-count", "us-east-1", "Claude4.6Sonnet", UsageKind.CacheRead)]
    [InlineData("USE1-Claude4.6Sonnet-cache-write-input-token-count", "us-east-1", "Claude4.6Sonnet", UsageKind.CacheWrite5m)]
    [InlineData("USE1-Claude4.5Sonnet-cache-write-1h-input-token-count", "us-east-1", "Claude4.5Sonnet", UsageKind.CacheWrite1h)]
    [InlineData("EUW2-Mistral7B-output-tokens", "eu-west-2", "Mistral7B", UsageKind.Output)]
    [InlineData("APS3-Qwen3-VL-235B-A22B-output-tokens", "ap-south-1", "Qwen3-VL-235B-A22B", UsageKind.Output)]
    [InlineData("USE1-cohere.rerank-english-v3-search-units", "us-east-1", "cohere.rerank-english-v3", UsageKind.SearchUnit)]
    [InlineData("USW2-anthropic.claude-opus-4-8-mantle-cache-write-tokens-global-standard", "us-west-2", "anthropic.claude-opus-4-8", UsageKind.CacheWrite5m)]
    [InlineData("USE1-openai.gpt-oss-120b-mantle-input-tokens-standard", "us-east-1", "openai.gpt-oss-120b", UsageKind.Input)]
    [InlineData("USE1-Nova2.0Pro-text-input-tokens-priority-cross-region-global", "us-east-1", "Nova2.0Pro", UsageKind.Input)]
    [InlineData("NovaLite-input-tokens", "", "NovaLite", UsageKind.Input)]
    [InlineData("EUC1-NovaMicro-input-token-count", "eu-central-1", "NovaMicro", UsageKind.Input)]
    [InlineData("USE1-NovaMicro-output-token-count-batch", "us-east-1", "NovaMicro", UsageKind.Output)]
    [InlineData("USW2-Claude4.6Opus-cache-write-5m-input-token-count", "us-west-2", "Claude4.6Opus", UsageKind.CacheWrite5m)]
    [InlineData("UGE1-openai.gpt-5.6-luna-mantle-cache-write-tokens-30m-long-ctx", "us-gov-east-1", "openai.gpt-5.6-luna", UsageKind.CacheWrite5m)]
    [InlineData("USE1-Claude4.6Opus-cache-write-tokens-1h-global", "us-east-1", "Claude4.6Opus", UsageKind.CacheWrite1h)]
    public void ReadsRegionModelAndKindOfAwsOwnItems(string text, string region, string model, UsageKind kind)
    {
        var usage = UsageType.Parse(text);

        Assert.Equal((region, model, kind, ""), (usage.Region, usage.ModelKey, usage.Kind, usage.UnknownTail));
    }

    [Theory]
    [InlineData("USE1-MP:USE1_InputTokenCount-Units", UsageKind.Input, false)]
    [InlineData("USE1-MP:USE1_OutputTokenCount_Global-Units", UsageKind.Output, true)]
    [InlineData("USE1-MP:USE1_ResponseTokenCount-Units", UsageKind.Output, false)]
    [InlineData("USE1-MP:USE1_CacheReadInputTokenCount_Global-Units", UsageKind.CacheRead, true)]
    [InlineData("USE1-MP:USE1_CacheWriteInputTokenCount-Units", UsageKind.CacheWrite5m, false)]
    [InlineData("USE1-MP:USE1_CacheWrite5mInputTokenCount_Global-Units", UsageKind.CacheWrite5m, true)]
    [InlineData("USE1-MP:USE1_CacheWrite30mInputTokenCount-Units", UsageKind.CacheWrite5m, false)]
    [InlineData("USE1-MP:USE1_CacheWrite1hInputTokenCount_Global-Units", UsageKind.CacheWrite1h, true)]
    [InlineData("USW2-MP:USW2_input_tokens_standard-Units", UsageKind.Input, false)]
    [InlineData("USW2-MP:USW2_output_tokens_global_standard-Units", UsageKind.Output, true)]
    [InlineData("USW2-MP:USW2_cache_read_tokens_global_standard-Units", UsageKind.CacheRead, true)]
    [InlineData("USW2-MP:USW2_cache_write_tokens_1h_global_standard-Units", UsageKind.CacheWrite1h, true)]
    [InlineData("USW2-MP:USW2_cache_write_tokens_30m_standard-Units", UsageKind.CacheWrite5m, false)]
    [InlineData("USE1-MP:USE1_search_units-Units", UsageKind.SearchUnit, false)]
    [InlineData("USE1-MP:USE1_created_image-Units", UsageKind.OutputImage, false)]
    public void ReadsBothSpellingsOfTheMarketplace(string text, UsageKind kind, bool isGlobal)
    {
        var usage = UsageType.Parse(text);

        Assert.True(usage.IsMarketplace);
        Assert.Equal((kind, isGlobal, ""), (usage.Kind, usage.IsGlobal, usage.UnknownTail));
    }

    [Fact]
    public void ReadsTheTails()
    {
        Assert.True(UsageType.Parse("USE1-MP:USE1_InputTokenCount_Global_Batch-Units") is { IsBatch: true, IsGlobal: true });
        Assert.True(UsageType.Parse("USE1-Nova2.0Lite-input-tokens-cross-region-global-batch") is { IsBatch: true, IsGlobal: true, UnknownTail: "" });
        Assert.Equal(ServiceTier.Flex, UsageType.Parse("USE1-Nova2.0Lite-input-tokens-flex").Tier);
        Assert.Equal(ServiceTier.Priority, UsageType.Parse("USE1-gpt-oss-120b-output-tokens-priority").Tier);
        Assert.True(UsageType.Parse("USE1-Claude3-5Haiku-input-tokens-latency-optimized").IsLatencyOptimized);
        Assert.True(UsageType.Parse("USW2-MP:USW2_input_tokens_long_ctx_global_standard-Units") is { IsLongContext: true, IsGlobal: true, UnknownTail: "" });
    }

    [Fact]
    public void KeepsATailThatItDoesNotKnow() => Assert.Equal("turbo", UsageType.Parse("USE1-NovaLite-input-tokens-turbo").UnknownTail);

    [Fact]
    public void DoesNotGuessAKind()
    {
        Assert.Null(UsageType.Parse("USE1-DataTransfer-Out-Bytes").Kind);
    }

    /// <summary>Tokens of speech have kinds of their own; images and videos are counted in tokens that have no kind, and no other kind's price.</summary>
    [Theory]
    [InlineData("USE1-NovaSonic-speech-input-tokens", "NovaSonic", UsageKind.InputAudioToken)]
    [InlineData("USE1-NovaSonic-speech-output-tokens", "NovaSonic", UsageKind.OutputAudioToken)]
    [InlineData("USE1-NovaSonic-text-output-tokens", "NovaSonic", UsageKind.Output)]
    [InlineData("USE1-Nova2.0Pro-input-text-token-count-cross-region-global", "Nova2.0Pro", UsageKind.Input)]
    [InlineData("USE1-Nova2.0Pro-input-image-token-count-cross-region-global", "Nova2.0Pro", null)]
    [InlineData("USE1-Nova2.0Omni-video-input-tokens-flex", "Nova2.0Omni", null)]
    [InlineData("USE1-Nova2.0Omni-output-audio-tokens-batch", "Nova2.0Omni", UsageKind.OutputAudioToken)]
    public void TokensOfEachModalityAreTheirOwn(string text, string model, UsageKind? kind)
    {
        var usage = UsageType.Parse(text);

        Assert.Equal((model, kind, ""), (usage.ModelKey, usage.Kind, usage.UnknownTail));
    }

    [Theory]
    [InlineData("USE1-Nova2.0Lite-ProvisionedThroughput-NoCommit-ModelUnits", "Nova2.0Lite", UsageKind.ModelUnitHour)]
    [InlineData("USE1-Nova2.0Lite-ProvisionedThroughput-1month-ModelUnits", "Nova2.0Lite", UsageKind.ModelUnitHour1Month)]
    [InlineData("USE1-MP:USE1_ProvisionedThroughput_1MonthCommit_ModelUnits_Usage-Units", "", UsageKind.ModelUnitHour1Month)]
    [InlineData("USE1-MP:USE1_ProvisionedThroughput_6MonthsCommit_ModelUnits_Usage-Units", "", UsageKind.ModelUnitHour6Month)]
    [InlineData("USW2-Ray-V2-Medfps-HDRes", "luma.ray-v2:0/720p", UsageKind.OutputVideoSecond)]
    [InlineData("USE1-MP:USE1_InputImageCount-Units", "", UsageKind.InputImage)]
    public void UnitsThatAreNoTokensAreRead(string text, string model, UsageKind kind)
    {
        var usage = UsageType.Parse(text);

        Assert.Equal((model, kind), (usage.ModelKey, usage.Kind));
    }

    /// <summary>Tokens that may be used in a minute are paid for, and were not used.</summary>
    [Theory]
    [InlineData("USE1-Claude4.6Sonnet-reserved-1-month-input-tokens-per-minute-cross-region-geo")]
    [InlineData("USE1-Claude4.6Sonnet-reserved-3-months-output-tokens-per-minute")]
    public void ReservedCapacityCountsNoTokens(string text)
    {
        var usage = UsageType.Parse(text);

        Assert.Equal(("Claude4.6Sonnet", null, ServiceTier.Reserved, ""), (usage.ModelKey, usage.Kind, usage.Tier, usage.UnknownTail));
    }

    [Theory]
    [InlineData("USE1-Claude4.6Opus-cache-write-7d-input-token-count")]
    [InlineData("USE1-Claude4.6Opus-cache-write-tokens-7d-global")]
    [InlineData("USW2-MP:USW2_cache_write_tokens_7d_global_standard-Units")]
    [InlineData("USW2-MP:USW2_CacheWrite7dInputTokenCount-Units")]
    public void ACacheWriteOfAnUnknownLifetimeHasNoKind(string text) => Assert.Null(UsageType.Parse(text).Kind);

    [Fact]
    public void SpeechIsCountedInTokensThatAreNotText()
    {
        using var folder = new StoreFolder();
        folder.ImportText(StoreFolder.CurHeader + "\n" + StoreFolder.Charge("USE1-NovaSonic-speech-input-tokens", "2", "0.0068") + StoreFolder.Charge("USE1-NovaSonic-text-input-tokens", "2", "0.00012"));

        Assert.Equal([("audio tokens", 2_000m), ("tokens", 2_000m)], folder.Rows().OrderBy(r => r.Facet.Unit).Select(r => (r.Facet.Unit, r.Amounts.Quantity!.Value)));
    }

    /// <summary>What a bill says and nothing here knows is listed with its money, and no token is counted for it.</summary>
    [Fact]
    public void WhatIsNotKnownIsNamedWithItsMoney()
    {
        string[] types = ["USE1-NovaPro-cache-write-input-token-count-custom-model", "USE1-NovaCanvas-T2I-1024-Standard", "USE1-CustomModel-Storage", "ZZ9-NovaLite-input-tokens", "USE1-Claude4.6Opus-cache-write-tokens-7d"];
        using var folder = new StoreFolder();
        var result = folder.ImportText(StoreFolder.CurHeader + "\n" + string.Concat(types.Select((t, i) => StoreFolder.Charge(t, "1", $"{i + 1}"))));

        Assert.Equal(
            [("USE1-Claude4.6Opus-cache-write-tokens-7d", "kind", 5m), ("ZZ9-NovaLite-input-tokens", "model ZZ9-NovaLite", 4m), ("USE1-CustomModel-Storage", "kind, model", 3m),
                ("USE1-NovaCanvas-T2I-1024-Standard", "kind, model", 2m), ("USE1-NovaPro-cache-write-input-token-count-custom-model", "tail custom-model", 1m)],
            result.Unknown.Select(u => (u.UsageType, u.Unknown, u.Billed!.Value)));
    }

    [Fact]
    public void ReadsGuardrails() =>
        Assert.Equal((UsageKind.GuardrailAutomatedReasoningUnit, true), (UsageType.Parse("USE1-Guardrail-AutomatedReasoningPolicyUnitsConsumed").Kind, UsageType.Parse("USE1-Guardrail-AutomatedReasoningPolicyUnitsConsumed").IsGuardrail));

    [Theory]
    [InlineData("Claude4.6Sonnet", "anthropic.claude-sonnet-4-6")]
    [InlineData("Claude4.5Sonnet", "anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData("Claude3Haiku", "anthropic.claude-3-haiku-20240307-v1:0")]
    [InlineData("Claude3-5Haiku", "anthropic.claude-3-5-haiku-20241022-v1:0")]
    [InlineData("Claude Sonnet 4.6 (Amazon Bedrock Edition)", "anthropic.claude-sonnet-4-6")]
    [InlineData("Nova2.0Lite", "amazon.nova-2-lite-v1:0")]
    [InlineData("NovaPro", "amazon.nova-pro-v1:0")]
    [InlineData("Llama4-Maverick-17B", "meta.llama4-maverick-17b-instruct-v1:0")]
    [InlineData("Mistral7B", "mistral.mistral-7b-instruct-v0:2")]
    [InlineData("MistralSmall", "mistral.mistral-small-2402-v1:0")]
    [InlineData("Qwen3-VL-235B-A22B", "qwen.qwen3-vl-235b-a22b")]
    [InlineData("gpt-oss-120b", "openai.gpt-oss-120b-1:0")]
    [InlineData("openai.gpt-oss-120b", "openai.gpt-oss-120b-1:0")]
    [InlineData("anthropic.claude-opus-4-8", "anthropic.claude-opus-4-8")]
    public void FindsTheModelThatABillMeans(string name, string id) => Assert.Equal(id, BilledModels.Find(name)?.Id);

    [Fact]
    public void FindsNoModelWhereNoneFits() => Assert.Null(BilledModels.Find("Zebra9000"));
}
