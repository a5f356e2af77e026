using Sluice.Core.Metering;
using Sluice.Insights.Spend;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;

namespace Sluice.Insights.Tests.Imports.CostExplorer;

/// <summary>The shape is that of GetCostAndUsage in the Cost Explorer API reference.</summary>
public sealed class CostExplorerAnswerTests : IDisposable
{
    private const string Grouped = """
        {"GroupDefinitions":[{"Type":"DIMENSION","Key":"SERVICE"},{"Type":"DIMENSION","Key":"USAGE_TYPE"}],
         "ResultsByTime":[{"TimePeriod":{"Start":"2026-11-20","End":"2026-11-21"},"Total":{"UnblendedCost":{"Amount":"99","Unit":"USD"}},"Groups":[
           {"Keys":["Amazon Bedrock","USE1-NovaLite-input-tokens"],"Metrics":{"UnblendedCost":{"Amount":"0.06","Unit":"USD"},"NetAmortizedCost":{"Amount":"0.05","Unit":"USD"},"UsageQuantity":{"Amount":"1000","Unit":"N/A"}}},
           {"Keys":["Claude Sonnet 4.6 (Amazon Bedrock Edition)","USE1-MP:USE1_InputTokenCount_Global-Units"],"Metrics":{"UnblendedCost":{"Amount":"0.75","Unit":"USD"},"UsageQuantity":{"Amount":"0.25","Unit":"N/A"}}},
           {"Keys":["Amazon Simple Storage Service","Requests-Tier1"],"Metrics":{"UnblendedCost":{"Amount":"0.5","Unit":"USD"},"UsageQuantity":{"Amount":"100","Unit":"N/A"}}}],
           "Estimated":true}],"DimensionValueAttributes":[]}
        """;

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void KnowsMarketplaceModelsByTheirServicesAndReadsTheUnitsOfBothFamilies()
    {
        var result = _folder.ImportText(Grouped, "answer.json");

        Assert.Equal((BillSource.CostExplorer, 3, 0), (result.Source, result.Rows, result.SetAside));
        Assert.Contains("estimated still", Assert.Single(result.Warnings), StringComparison.Ordinal);
        var rows = _folder.Rows().Where(r => r.Facet.IsGenerativeAi).ToList();
        Assert.Equal([("amazon.nova-lite-v1:0", 1_000_000m, 0.06m, 0.05m), ("anthropic.claude-sonnet-4-6", 250_000m, 0.75m, 0.75m)],
            rows.Select(r => (r.Facet.Model, r.Amounts.Quantity!.Value, r.Amounts.Billed!.Value, r.Amounts.Effective!.Value)));
        Assert.All(rows, r => Assert.Equal((UsageKind.Input, "USD"), (r.Facet.Kind, r.Facet.Currency)));
    }

    [Fact]
    public void ATotalBesideGroupsIsNotCountedAgain()
    {
        _folder.ImportText(Grouped, "answer.json");

        Assert.Equal(1.31m, _folder.Rows().Sum(r => r.Amounts.Billed));
    }

    [Fact]
    public void CreditsThatHideUsageAreToldApart()
    {
        static string Group(string type, string amount) => "{\"Keys\":[\"Amazon Bedrock\",\"" + type + "\"],\"Metrics\":{\"UnblendedCost\":{\"Amount\":\"" + amount + "\",\"Unit\":\"USD\"}}}";
        var result = _folder.ImportText($$"""
            {"GroupDefinitions":[{"Type":"DIMENSION","Key":"SERVICE"},{"Type":"DIMENSION","Key":"RECORD_TYPE"}],
             "ResultsByTime":[{"TimePeriod":{"Start":"2026-11-20","End":"2026-11-21"},"Groups":[{{Group("Usage", "12.5")}},{{Group("Credit", "-12.5")}},{{Group("Tax", "0.75")}}]}]}
            """, "answer.json");

        Assert.Equal("The generative AI is the sum of Usage 12.50 USD, Tax 0.75 USD, Credit -12.50 USD; sluice spend --basis billed --by category shows them apart", Assert.Single(result.Warnings));
        var spend = BillSpend.Ask(_folder.Store, new BillQuery { GroupBy = ["provider"] });
        Assert.Equal([(("cost-explorer", BillRemark.Credited), 1L)], spend.Remarks.Select(r => (r.Key, r.Value)));
        Assert.Empty(BillSpend.Ask(_folder.Store, new BillQuery { GroupBy = ["category"] }).Remarks);
    }

    [Fact]
    public void PagesWithoutDefinitionsAreReadByWhatTheirKeysLookLike()
    {
        var page = Grouped[Grouped.IndexOf("\"ResultsByTime\"", StringComparison.Ordinal)..];
        _folder.ImportText("{" + page + "\n", "page.json");

        Assert.Equal("USE1-NovaLite-input-tokens", _folder.Rows().Single(r => r.Facet.Service == "Amazon Bedrock").Facet.UsageType);
    }

    [Fact]
    public void AnAnswerWithoutGroupsIsOneRowADay()
    {
        _folder.ImportText("""{"ResultsByTime":[{"TimePeriod":{"Start":"2026-11-20","End":"2026-11-21"},"Total":{"UnblendedCost":{"Amount":"2.5","Unit":"EUR"}},"Groups":[],"Estimated":false}]}""", "total.json");

        var row = Assert.Single(_folder.Rows());
        Assert.Equal((2.5m, "EUR", null), (row.Amounts.Billed, row.Facet.Currency, row.Amounts.Quantity));
    }

    [Fact]
    public void TagsOfGroupsBecomeTags()
    {
        _folder.ImportText("""
            {"GroupDefinitions":[{"Type":"TAG","Key":"team"},{"Type":"DIMENSION","Key":"SERVICE"}],"ResultsByTime":[{"TimePeriod":{"Start":"2026-11-20T10:00:00Z","End":"2026-11-20T11:00:00Z"},
            "Groups":[{"Keys":["team$search","Amazon Bedrock"],"Metrics":{"UnblendedCost":{"Amount":"1","Unit":"USD"}}},{"Keys":["team$","Amazon Bedrock"],"Metrics":{"UnblendedCost":{"Amount":"2","Unit":"USD"}}}]}]}
            """, "tags.json");

        Assert.Equal([("""{"team":"search"}""", 1m), ("{}", 2m)], _folder.Rows().Select(r => (r.Facet.Tags, r.Amounts.Billed!.Value)));
    }
}
