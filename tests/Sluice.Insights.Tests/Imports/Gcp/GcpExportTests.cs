using Sluice.Core.Metering;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;

namespace Sluice.Insights.Tests.Imports.Gcp;

public sealed class GcpExportTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WhatIsPaidIsTheCostWithItsCredits()
    {
        var result = _folder.ImportText(Row("Gemini 2.5 Pro Text Input - Predictions", cost: "1.25", credits: """{"name":"Committed","amount":-0.25,"type":"COMMITTED_USAGE_DISCOUNT"},{"name":"Free","amount":"-0.5"}"""), "gcp.json");

        Assert.Equal(BillSource.Gcp, result.Source);
        var row = Assert.Single(_folder.Rows());
        Assert.Equal((0.5m, 0.5m, 1.25m, 1.5m), (row.Amounts.Billed, row.Amounts.Effective, row.Amounts.Contracted, row.Amounts.List));
        Assert.Equal((UsageKind.Input, 1_000_000m, "Gemini 2.5 Pro", "my-project", "2026-11", "Google"), (row.Facet.Kind, row.Amounts.Quantity!.Value, row.Facet.Model, row.Facet.Project, row.Facet.BillingMonth, row.Facet.Developer));
        Assert.Equal("""{"team":"search"}""", row.Facet.Tags);
    }

    [Fact]
    public void RowsThatComeAgainAreKnownAndLaterOnesOfTheSameUsageAddUp()
    {
        var first = Row("Gemini 2.5 Pro Text Output - Predictions", cost: "1");
        _folder.ImportText(first, "a.json");
        var second = _folder.ImportText(first + Row("Gemini 2.5 Pro Text Output - Predictions", cost: "0.1", exported: "2026-11-21 06:00:00 UTC"), "b.json");

        Assert.Equal(1, second.KnownRows);
        Assert.Equal(1.1m, _folder.Rows().Sum(r => r.Amounts.Billed));
    }

    [Fact]
    public void EqualRowsOfOneFileAreSeveral()
    {
        var row = Row("Gemini 2.5 Pro Text Output - Predictions", cost: "1");
        _folder.ImportText(row + row, "a.json");
        _folder.ImportText(row + row, "a.json");

        Assert.Equal(2m, _folder.Rows().Sum(r => r.Amounts.Billed));
    }

    [Theory]
    [InlineData("Gemini 2.5 Pro Text Input (Long) - Predictions", UsageKind.Input, "Gemini 2.5 Pro", true, false)]
    [InlineData("Gemini 2.5 Flash Input Text Caching - Predictions", UsageKind.CacheRead, "Gemini 2.5 Flash", false, false)]
    [InlineData("Gemini 2.5 Flash Text Output - Batch Predictions", UsageKind.Output, "Gemini 2.5 Flash", false, true)]
    [InlineData("Gemini 2.5 Flash Image Output", null, "Gemini 2.5 Flash", false, false)]
    public void TheWordsOfASkuAreReadTolerantly(string sku, UsageKind? kind, string model, bool isLong, bool isBatch)
    {
        _folder.ImportText(Row(sku, cost: "1"), "a.json");

        var facet = Assert.Single(_folder.Rows()).Facet;
        Assert.Equal((kind, model, isLong, isBatch, kind is null ? "kind" : ""), (facet.Kind, facet.Model, facet.IsLongContext, facet.IsBatch, facet.Unknown));
    }

    [Fact]
    public void TaxesAndRoundingErrorsCountNothing()
    {
        var result = _folder.ImportText(Row("Tax", cost: "0.2", type: "tax") + Row("Rounding error", cost: "0.001", type: "rounding_error") + Row("x", cost: "none"), "a.json");

        Assert.Equal((2, 1), (result.Rows, result.SetAside));
        Assert.Equal(["Tax", "rounding_error"], _folder.Rows().Select(r => r.Facet.ChargeCategory));
        Assert.Equal(0.201m, _folder.Rows().Sum(r => r.Amounts.Billed));
    }

    private static string Row(string sku, string cost, string credits = "", string exported = "2026-11-20 14:00:00 UTC", string type = "regular") =>
        $$"""{"billing_account_id":"01-AB","service":{"id":"C7E2","description":"Vertex AI"},"sku":{"id":"S","description":"{{sku}}"},"usage_start_time":"2026-11-20 10:00:00 UTC","usage_end_time":"2026-11-20 11:00:00 UTC","project":{"id":"my-project","number":"7"},"labels":[{"key":"team","value":"search"}],"location":{"region":"europe-west4"},"export_time":"{{exported}}","cost":"{{cost}}","currency":"USD","usage":{"amount":1000000,"unit":"count"},"credits":[{{credits}}],"invoice":{"month":"202611"},"cost_type":"{{type}}","cost_at_list":1.5}""" + "\n";
}
