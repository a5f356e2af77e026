using System.Text;
using Sluice.Insights.Imports;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;

namespace Sluice.Insights.Tests.Imports.Databricks;

public sealed class DatabricksUsageTests : IDisposable
{
    private const string Header = "record_id,account_id,workspace_id,sku_name,cloud,usage_start_time,usage_end_time,usage_date,custom_tags,usage_unit,usage_quantity,usage_metadata,record_type,billing_origin_product\n";

    private const string Prices = """
        sku_name,cloud,currency_code,usage_unit,price_start_time,price_end_time,pricing
        ENTERPRISE_SERVING,AWS,USD,DBU,2025-01-01T00:00:00Z,2026-11-01T00:00:00Z,"{""default"":""0.05""}"
        ENTERPRISE_SERVING,AWS,USD,DBU,2026-11-01T00:00:00Z,,"{""default"":""0.07"",""effective_list"":{""default"":""0.07""}}"

        """;

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void UnitsArePricedByTheListOfTheirTime()
    {
        var result = Import(Header + Row("r1", "100", at: "2026-10-31T23:00:00Z") + Row("r2", "100"), Prices);

        Assert.Equal((BillSource.Databricks, 2), (result.Source, result.Rows));
        Assert.Equal((2L, null), (Assert.Single(result.Services).Rows, result.Services[0].Billed));
        Assert.Equal([5m, 7m], _folder.Rows().Select(r => r.Amounts.List!.Value));
        Assert.All(_folder.Rows(), r => Assert.Equal((null, "USD", "DBU", true, "chat-endpoint"), (r.Amounts.Billed, r.Facet.Currency, r.Facet.Unit, r.Facet.IsGenerativeAi, r.Facet.Model)));
    }

    [Fact]
    public void RetractionsAndRestatementsOfLaterFilesAreSummed()
    {
        Import(Header + Row("r1", "100"), Prices);
        var later = Import(Header + Row("r1", "100") + Row("r2", "-100", type: "RETRACTION") + Row("r3", "90", type: "RESTATEMENT"), Prices);

        Assert.Equal((90m, 6.3m), (_folder.Rows().Sum(r => r.Amounts.Quantity), _folder.Rows().Sum(r => r.Amounts.List)));
        Assert.Equal(1, later.KnownRows);
    }

    [Fact]
    public void ASkuWithoutAPriceIsKeptWithoutACost()
    {
        var result = Import(Header + Row("r1", "100", sku: "OTHER"), Prices);

        Assert.Null(Assert.Single(_folder.Rows()).Amounts.List);
        Assert.Contains("have none for OTHER", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutPricesTheNoteSaysHowToGiveThemAndTheyCanStillCome()
    {
        var file = _folder.File("usage.json", """{"record_id":"r1","account_id":"a","workspace_id":"7","sku_name":"ENTERPRISE_SERVING","cloud":"AWS","usage_start_time":"2026-11-20T10:00:00.000Z","usage_end_time":"2026-11-20T11:00:00.000Z","custom_tags":{"team":"search"},"usage_unit":"DBU","usage_quantity":"10.5","usage_metadata":{"endpoint_name":"chat-endpoint"},"identity_metadata":{"run_as":"a@example.com"},"billing_origin_product":"MODEL_SERVING"}"""u8.ToArray());
        var without = _folder.Import(file);
        Assert.Contains("--list-prices FILE", Assert.Single(without.Warnings), StringComparison.Ordinal);
        _folder.Import([file], new ImportOptions { ListPrices = _folder.File("prices.csv", Encoding.UTF8.GetBytes(Prices)), ReplacePeriod = true });

        var row = Assert.Single(_folder.Rows());
        Assert.Equal((10.5m, 0.735m, """{"team":"search"}""", "a@example.com", "7"), (row.Amounts.Quantity, row.Amounts.List, row.Facet.Tags, row.Facet.Principal, row.Facet.Project));
    }

    [Fact]
    public void AFileThatIsNoPriceListIsRefused() => Assert.Contains(
        "prices.csv', line 2: no list price",
        Assert.Throws<ImportException>(() => Import(Header + Row("r1", "1"), "sku_name,price\nx,1\n")).Message, StringComparison.Ordinal);

    private ImportResult Import(string usage, string prices) =>
        _folder.Import([_folder.File("usage.csv", Encoding.UTF8.GetBytes(usage))], new ImportOptions { ListPrices = _folder.File("prices.csv", Encoding.UTF8.GetBytes(prices)) });

    private static string Row(string id, string quantity, string type = "ORIGINAL", string sku = "ENTERPRISE_SERVING", string at = "2026-11-20T10:00:00Z") =>
        $"{id},acc,7,{sku},AWS,{at},{at.Replace(":00:00Z", ":59:59Z", StringComparison.Ordinal)},{at[..10]},{{}},DBU,{quantity},\"{{\"\"endpoint_name\"\":\"\"chat-endpoint\"\"}}\",{type},MODEL_SERVING\n";
}
