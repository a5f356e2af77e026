using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Simulator.Caching;
using Sluice.Simulator.Models;

namespace Sluice.Simulator.Tests.Models;

public sealed class ModelCatalogueTests
{
    [Fact]
    public void KnowsEveryTextModelThatThePriceBookPrices()
    {
        var known = ModelCatalogue.All.Select(model => model.Id).ToHashSet(StringComparer.Ordinal);
        var missing = PriceBook.Default.Rows.Where(row => row.Kind == UsageKind.Output && !row.Model.Contains('*', StringComparison.Ordinal) && !row.Model.Contains('/', StringComparison.Ordinal))
            .Select(row => row.Model).Distinct().Where(model => !known.Contains(model));
        // Pegasus describes videos, which the simulator doesn't take.
        Assert.Equal(["twelvelabs.pegasus-1-2-v1:0"], missing);
    }

    [Theory]
    [InlineData("anthropic.claude-opus-5", 512, true)]
    [InlineData("anthropic.claude-sonnet-4-5-20250929-v1:0", 1_024, true)]
    [InlineData("anthropic.claude-haiku-4-5-20251001-v1:0", 4_096, true)]
    [InlineData("anthropic.claude-opus-4-7", 4_096, true)]
    [InlineData("anthropic.claude-opus-4-8", 1_024, true)]
    [InlineData("anthropic.claude-3-7-sonnet-20250219-v1:0", 1_024, false)]
    [InlineData("anthropic.claude-sonnet-4-20250514-v1:0", 1_024, false)]
    [InlineData("anthropic.claude-3-5-haiku-20241022-v1:0", 2_048, false)]
    public void HasTheMinimumAndLifetimesOfEachModelThatCaches(string model, int minimum, bool hour)
    {
        // bedrock.md, section 3.
        var rule = CacheRule.For(model, new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal((minimum, hour), (rule!.MinTokens, rule.TakesHour));
    }

    [Fact]
    public void ARuleHoldsFromItsDayOn()
    {
        Assert.Null(CacheRule.For("anthropic.claude-opus-5", new DateTimeOffset(2025, 12, 31, 23, 59, 59, TimeSpan.Zero)));
        Assert.Null(CacheRule.For("meta.llama3-70b-instruct-v1:0", new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero)));
    }
}
