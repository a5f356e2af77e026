using Sluice.Core.Metering;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;

namespace Sluice.Insights.Tests.Imports.CloudWatch;

public sealed class MetricAnswerTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ReadsModelAndMetricFromTheLabelAndCountsWithoutMoney()
    {
        var result = _folder.ImportText("""
            {"MetricDataResults":[
              {"Id":"m1","Label":"amazon.nova-lite-v1:0 InputTokenCount","Timestamps":["2026-11-20T11:00:00Z","2026-11-20T10:00:00Z"],"Values":[20.0,10.0],"StatusCode":"Complete"},
              {"Id":"m2","Label":"amazon.nova-lite-v1:0 OutputTokenCount","Timestamps":[1795168800],"Values":[5],"StatusCode":"PartialData"}],"Messages":[]}
            """, "metrics.json");

        Assert.Equal((BillSource.CloudWatch, 3), (result.Source, result.Rows));
        Assert.Equal([(UsageKind.Input, 30m), (UsageKind.Output, 5m)], _folder.Counted().Select(r => (r.Facet.Kind!.Value, r.Amounts.Quantity!.Value)));
        Assert.All(_folder.Counted(), r => Assert.Equal("amazon.nova-lite-v1:0", r.Facet.Model));
        Assert.Contains("not complete", Assert.Single(result.Warnings), StringComparison.Ordinal);
        Assert.Empty(_folder.Rows());
    }

    [Fact]
    public void TheTwoSpellingsOfCachedTokensAreCountedOnce()
    {
        var result = _folder.ImportText("""
            {"MetricDataResults":[
              {"Label":"amazon.nova-lite-v1:0 CacheReadInputTokenCount","Timestamps":[],"Values":[]},
              {"Label":"amazon.nova-lite-v1:0 CacheReadInputTokens","Timestamps":["2026-11-20T10:00:00Z"],"Values":[70]},
              {"Label":"amazon.nova-pro-v1:0 CacheReadInputTokens","Timestamps":["2026-11-20T10:00:00Z"],"Values":[7]},
              {"Label":"amazon.nova-pro-v1:0 CacheReadInputTokenCount","Timestamps":["2026-11-20T10:00:00Z"],"Values":[7]},
              {"Label":"Across all model IDs CacheReadInputTokens","Timestamps":["2026-11-20T10:00:00Z"],"Values":[77]}]}
            """, "metrics.json");

        Assert.Equal(77m, _folder.Counted().Sum(r => r.Amounts.Quantity));
        Assert.Equal(2, result.Warnings.Count);
    }
}
