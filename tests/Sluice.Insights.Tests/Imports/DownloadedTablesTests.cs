using Sluice.Core.Metering;
using Sluice.Insights.Imports;
using Sluice.Insights.Spend;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;

namespace Sluice.Insights.Tests.Imports;

/// <summary>What analysts download from consoles, and make of exports in a spreadsheet.</summary>
public sealed class DownloadedTablesTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("2026-11-12")]
    [InlineData("11/12/2026 0:00")]
    public void CostExplorersDownloadIsReadByDayAndServiceWithoutItsTotals(string day)
    {
        var result = _folder.ImportText("\"Service\",\"Claude Haiku 4.5 (Amazon Bedrock Edition)($)\",\"Amazon Bedrock($)\",\"AWS Lambda($)\",\"Total costs($)\"\n"
            + $"\"Service total\",\"12.5\",\"0.25\",\"3\",\"15.75\"\n\"{day}\",\"12.5\",\"0.25\",\"\",\"12.75\"\n\"2026-11-13\",,,\"3\",\"3\"\n", "costs.csv");

        Assert.Equal((BillSource.CostExplorer, 3L, 0L), (result.Source, result.Rows, result.SetAside));
        Assert.Equal(12.75m, _folder.Rows().Where(r => r.Facet.IsGenerativeAi).Sum(r => r.Amounts.Billed));
        Assert.Equal(15.75m, _folder.Rows().Sum(r => r.Amounts.Billed));
        Assert.All(_folder.Rows(), r => Assert.Equal("USD", r.Facet.Currency));
        Assert.Equal([12, 12, 13], _folder.Rows().Select(r => r.Amounts.From.Day).Order());
    }

    [Fact]
    public void OpenAisDashboardTellsTheSameAsItsApi()
    {
        _folder.ImportText("""
            {"object":"page","data":[{"object":"bucket","start_time":1793577600,"end_time":1793664000,"results":[{"object":"organization.costs.result","amount":{"value":"0.5","currency":"usd"},"line_item":"gpt-5-2025-08-07, cached input","project_id":"proj_b","organization_id":"org"}]}]}
            """, "costs.json");
        var result = _folder.ImportText("start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item,project_id,project_name,organization_id,organization_name\n"
            + "1793577600,1793664000,2026-11-02T00:00:00+00:00,2026-11-03T00:00:00+00:00,0.7500000000,usd,\"gpt-5-2025-08-07, cached input\",proj_b,B,org,O\n"
            + "1793664000,1793750400,2026-11-03T00:00:00+00:00,2026-11-04T00:00:00+00:00,,,,,,,\n", "cost.csv");

        Assert.Equal((BillSource.OpenAi, 1L, 0L, 1L), (result.Source, result.Rows, result.NewCharges, result.RestatedCharges));
        var row = Assert.Single(_folder.Rows());
        Assert.Equal((0.75m, UsageKind.CacheRead, "USD", "proj_b"), (row.Amounts.Billed!.Value, row.Facet.Kind, row.Facet.Currency, row.Facet.Project));
    }

    [Theory]
    [InlineData('.')]
    [InlineData('_')]
    public void GooglesExportMadeFlatIsReadWithItsCreditsAndEachRowOnce(char mark)
    {
        var text = "billing_account_id,service.id,service.description,sku.description,usage_start_time,project.id,cost,currency,invoice.month,usage.amount,usage.unit,credits,labels\n".Replace('.', mark)
            + "01A,s,Vertex AI,Gemini 2.5 Flash Text Output - Predictions,2026-11-10 22:00:00 UTC,p1,2.5,USD,202611,4000,count,\"[{\"\"name\"\":\"\"c\"\",\"\"amount\"\":-0.75}]\",\"[{\"\"key\"\":\"\"team\"\",\"\"value\"\":\"\"red\"\"}]\"\n"
            + "01A,s,Cloud Storage,Standard Storage US,2026-11-10 22:00:00 UTC,p1,1,USD,202611,1,gibibyte,[],[]\n";
        var result = _folder.ImportText(text, "flat.csv");
        var again = _folder.ImportText(text, "again.csv");

        Assert.Equal((BillSource.Gcp, 2L, 0L, 0L, 2L), (result.Source, result.Rows, result.SetAside, again.Rows, again.KnownRows));
        var row = Assert.Single(_folder.Rows(), r => r.Facet.IsGenerativeAi);
        Assert.Equal((1.75m, 2.5m, 4000m, UsageKind.Output), (row.Amounts.Billed!.Value, row.Amounts.Contracted!.Value, row.Amounts.Quantity!.Value, row.Facet.Kind));
        Assert.Equal(("2026-11", "p1", """{"team":"red"}"""), (row.Facet.BillingMonth, row.Facet.Project, row.Facet.Tags));
    }

    [Fact]
    public void AzuresGermanHeadersAreKnownByTheEnglishNamesBesideThem()
    {
        var result = _folder.ImportText("Abonnement-GUID (SubscriptionGuid),Ressourcengruppe (ResourceGroup),UsageDateTime (UsageDateTime),Kategorie der Verbrauchseinheit (MeterCategory),MeterSubcategory (MeterSubcategory),"
            + "Name der Verbrauchseinheit (MeterName),Maßeinheit (UnitOfMeasure),UsageQuantity (UsageQuantity),PreTaxCost (PreTaxCost),Währung (Currency)\n"
            + "sub-7,rg-x,2026-11-10,Cognitive Services,Azure OpenAI,gpt-4o Outp glbl Tokens,1K,200,2.25,EUR\n", "verbrauch.csv");

        Assert.Equal((BillSource.Azure, 1L), (result.Source, result.Rows));
        var row = Assert.Single(_folder.Rows());
        Assert.Equal((2.25m, 200_000m, "EUR", "sub-7", UsageKind.Output), (row.Amounts.Billed!.Value, row.Amounts.Quantity!.Value, row.Facet.Currency, row.Facet.Account, row.Facet.Kind));
    }

    [Fact]
    public void AzuresMetersOfCacheWritesAreOfTheSameModelAsItsReads()
    {
        string Line(string meter, int amount) => $"b,2026-11-10,USD,Foundry Models,Azure OpenAI GPT5,5.6 terra {meter} gl 1M Tokens,1M,{amount},{amount * 2},Usage\n";
        _folder.ImportText("billingAccountId,date,billingCurrency,meterCategory,meterSubCategory,meterName,unitOfMeasure,quantity,costInBillingCurrency,chargeType\n"
            + Line("Inp Std", 1) + Line("Cd Inp Std", 2) + Line("Cd Wr Std", 3) + Line("Outp Std", 4));

        Assert.Single(_folder.Rows().Select(r => r.Facet.Model).Distinct());
        Assert.Equal(
            [(UsageKind.Input, 1_000_000m), (UsageKind.CacheRead, 2_000_000m), (UsageKind.CacheWrite5m, 3_000_000m), (UsageKind.Output, 4_000_000m)],
            _folder.Rows().Select(r => (r.Facet.Kind!.Value, r.Amounts.Quantity!.Value)).OrderBy(r => r.Item2));
    }

    [Fact]
    public void APrepaidPurchaseHasNoListCostBesideTheUsageThatDrawsItDown()
    {
        _folder.ImportText("BillingAccountId,BillingCurrency,BillingPeriodStart,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,BilledCost,EffectiveCost,ListCost,ContractedCost,ServiceName,ServiceProviderName,ServiceCategory,PricingQuantity,PricingUnit,CommitmentDiscountId\n"
            + "1,USD,2026-11-01T00:00:00Z,Purchase,2026-11-01T00:00:00Z,2026-12-01T00:00:00Z,700,0,700,700,Amazon Bedrock,AWS,AI,1,Units,cd\n"
            + "1,USD,2026-11-01T00:00:00Z,Usage,2026-11-10T00:00:00Z,2026-11-11T00:00:00Z,0,40,60,60,Amazon Bedrock,AWS,AI,20,1000000 Tokens,cd\n"
            + "1,USD,2026-11-01T00:00:00Z,Purchase,2026-11-10T00:00:00Z,2026-11-11T00:00:00Z,5,5,5,5,Amazon Bedrock,AWS,AI,1,Units,\n");

        Assert.Equal((45m, 705m, 765m), (_folder.Rows().Sum(r => r.Amounts.Effective)!.Value, _folder.Rows().Sum(r => r.Amounts.Billed)!.Value, _folder.Rows().Sum(r => r.Amounts.List)!.Value));
        var list = BillSpend.Ask(_folder.Store, new BillQuery { GroupBy = ["provider"], Cost = BillCost.List });
        Assert.Equal((65m, 0L), (list.Rows.Sum(r => r.Cost), list.Rows.Sum(r => r.UnpricedLines)));
        Assert.Equal([(("focus", BillRemark.ListedByUsage), 1L)], list.Remarks.Select(r => (r.Key, r.Value)));
    }

    [Fact]
    public void DatabricksIsEffectiveAtWhatItsListReallyCharges()
    {
        const string Usage = "record_id,account_id,sku_name,cloud,usage_start_time,usage_end_time,usage_unit,usage_quantity,billing_origin_product\nr1,a,SKU_X,AWS,2026-11-20T10:00:00Z,2026-11-20T11:00:00Z,DBU,10,MODEL_SERVING\n";
        const string Prices = "sku_name,cloud,currency_code,price_start_time,price_end_time,pricing\n";
        var usage = _folder.File("usage.csv", System.Text.Encoding.UTF8.GetBytes(Usage));
        string File(string name, string rows) => _folder.File(name, System.Text.Encoding.UTF8.GetBytes(Prices + rows));
        const string Usd = "SKU_X,AWS,USD,2026-01-01T00:00:00Z,,\"{\"\"default\"\":\"\"0.07\"\",\"\"effective_list\"\":{\"\"default\"\":\"\"0.05\"\"}}\"\n";

        var mixed = File("mixed.csv", Usd + Usd.Replace("USD", "EUR", StringComparison.Ordinal));
        Assert.Contains("a price in EUR and at the same time one in USD", Assert.Throws<ImportException>(() => _folder.Import([usage], new ImportOptions { ListPrices = mixed })).Message, StringComparison.Ordinal);
        _folder.Import([usage], new ImportOptions { ListPrices = File("usd.csv", Usd) });

        var row = Assert.Single(_folder.Rows());
        Assert.Equal((0.5m, 0.7m, "USD"), (row.Amounts.Effective!.Value, row.Amounts.List!.Value, row.Facet.Currency));
    }
}
