using Sluice.Bedrock.Requests;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Models;
using Sluice.Gateway.Stages.Limiting;

namespace Sluice.Gateway.Tests.Stages.Limiting;

/// <summary>AWS's rule: input and max_tokens are held, output settles at the model's burndown, cache reads are free (Bedrock User Guide, token burndown; 2026).</summary>
public sealed class QuotaTokensTests
{
    private const string Sonnet = "anthropic.claude-sonnet-4-5-20250929-v1:0";
    private const string Nova = "amazon.nova-lite-v1:0";

    [Theory]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0", 1)]
    [InlineData("anthropic.claude-3-5-sonnet-20241022-v2:0", 1)]
    [InlineData("anthropic.claude-3-7-sonnet-20250219-v1:0", 5)]
    [InlineData("anthropic.claude-sonnet-4-20250514-v1:0", 5)]
    [InlineData(Sonnet, 5)]
    [InlineData("anthropic.claude-haiku-4-5-20251001-v1:0", 5)]
    [InlineData("anthropic.claude-opus-4-7", 5)]
    [InlineData("anthropic.claude-opus-4-8", 15)]
    [InlineData("anthropic.claude-sonnet-5", 10)]
    [InlineData("anthropic.claude-fable-5-1", 10)]
    [InlineData("anthropic.claude-v2:1", 1)]
    [InlineData("anthropic.claude-instant-v1", 1)]
    [InlineData("openai.gpt-5.6-sol", 10)]
    [InlineData(Nova, 1)]
    [InlineData(null, 1)]
    public void OutputBurnsQuotaAtTheModelsRate(string? model, int burndown) => Assert.Equal(burndown, QuotaTokens.Burndown(model));

    [Fact]
    public void HoldsInputAndMaxTokensAsAwsDoes() => Assert.Equal(1_000 + 500, QuotaTokens.HeldByAws(Facts(1_000, 500), Sonnet));

    [Fact]
    public void WithoutMaxTokensAwsHoldsWhatTheModelCanWrite() => Assert.Equal(
        1_000 + ModelAbilities.Find(Sonnet)!.OutputTokens!.Value, QuotaTokens.HeldByAws(Facts(1_000, null), Sonnet));

    [Fact]
    public void AnOwnersLimitHoldsTheMostThatTheCallCanCount()
    {
        Assert.Equal(1_000 + (5 * 500), QuotaTokens.AtMost(Facts(1_000, 500), Sonnet));
        Assert.Equal(1_000 + (5 * QuotaTokens.UnnamedMaxTokens), QuotaTokens.AtMost(Facts(1_000, null), Sonnet));
        Assert.Equal(1_000, QuotaTokens.AtMost(Facts(1_000, null) with { Dialect = Dialect.TitanEmbedding }, "amazon.titan-embed-text-v2:0"));
    }

    [Fact]
    public void SettlesInputWritesAndBurnedOutputAndNoCacheReads() => Assert.Equal(
        14 + 200 + 100 + (5 * 30),
        QuotaTokens.Used(new Usage { Input = 14, CacheRead = 4_410, CacheWrite5m = 200, CacheWrite1h = 100, Output = 30 }, Sonnet));

    private static RequestFacts Facts(long input, long? maxTokens) => new() { Dialect = Dialect.Converse, EstimatedInputTokens = input, MaxTokens = maxTokens };
}
