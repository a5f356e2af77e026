using Sluice.Core.Metering;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;

namespace Sluice.Insights.Tests.Imports.Azure;

public sealed class AzureExportTests : IDisposable
{
    private const string Header = "BillingAccountId,BillingPeriodStartDate,Date,SubscriptionId,ResourceGroup,MeterCategory,MeterSubCategory,MeterName,Quantity,UnitOfMeasure,PayGPrice,CostInBillingCurrency,BillingCurrencyCode,ChargeType,Tags\n";

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ReadsTokensFromMetersAndTagsWithoutBraces()
    {
        var result = _folder.ImportText(Header
            + "12345,11/01/2026,11/20/2026,sub-1,chat-rg,Azure OpenAI,Azure OpenAI GPT5,GPT 5 outpt Glbl 1M Tokens,2.5,1M,10,25,EUR,Usage,\"\"\"team\"\": \"\"search\"\",\"\"env\"\": \"\"prod\"\"\"\n"
            + "12345,11/01/2026,11/20/2026,sub-1,chat-rg,Virtual Machines,Dv5,D4 v5,24,1 Hour,0.2,4.8,EUR,Usage,\n", "ActualCost.csv");

        Assert.Equal((BillSource.Azure, 2, 0), (result.Source, result.Rows, result.SetAside));
        var row = _folder.Rows().Single(r => r.Facet.IsGenerativeAi);
        Assert.Equal((UsageKind.Output, 2_500_000m, 25m, 25m, "EUR", "global"), (row.Facet.Kind, row.Amounts.Quantity!.Value, row.Amounts.Billed!.Value, row.Amounts.List!.Value, row.Facet.Currency, row.Facet.Scope));
        Assert.Equal(("""{"env":"prod","team":"search"}""", "chat-rg", "sub-1", "2026-11", "OpenAI"), (row.Facet.Tags, row.Facet.Project, row.Facet.Account, row.Facet.BillingMonth, row.Facet.Developer));
    }

    [Fact]
    public void ActualAndAmortizedCostsOfTheSameChargesNeverAddUp()
    {
        var line = "12345,11/01/2026,2026-11-20,sub-1,chat-rg,Azure OpenAI,,GPT 5 Inp regnl,1,1K,,0.5,USD,Usage,\n";
        _folder.ImportText(Header + line, "actual.csv");
        var amortized = _folder.ImportText(Header + line, "AmortizedCost_2026-11.csv");

        Assert.Equal(BillSource.AzureAmortized, amortized.Source);
        Assert.Equal((0.5m, 0.5m), (_folder.Rows().Sum(r => r.Amounts.Billed ?? 0), _folder.Rows().Sum(r => r.Amounts.Effective ?? 0)));
        Assert.All(_folder.Rows(), r => Assert.Equal(0, r.UnpricedLines));
    }

    [Fact]
    public void MetersThatAreNotUnderstoodAreListed()
    {
        var result = _folder.ImportText(Header + "12345,11/01/2026,2026-11-20,sub-1,rg,Azure OpenAI,,gpt realtime aud Inp glbl,3,1K,,0.5,USD,Usage,\n", "actual.csv");

        Assert.Equal(("gpt realtime aud Inp glbl", 0.5m), result.Unknown.Select(u => (u.UsageType, u.Billed)).Single());
    }

    /// <summary>Exports of partners begin each name with a small letter and leave the price of the list in a column of their own.</summary>
    [Fact]
    public void APartnersExportIsReadWhateverTheCaseOfItsHeaders()
    {
        _folder.ImportText("billingPeriodStartDate,date,SubscriptionId,resourceGroupName,meterCategory,meterSubCategory,meterName,quantity,unitOfMeasure,chargeType,billingCurrency,costInBillingCurrency,costInUsd,PayGPrice,tags\n"
            + "11/01/2026,11/20/2026,sub-7,rg-z,Foundry Models,Azure OpenAI,gpt 4.1 mini cchd Inp glbl 1M Tokens,4,1M,Usage,EUR,0.37,0.40,0.1,\"\"\"team\"\": \"\"search\"\"\"\n", "csp.csv");

        var row = Assert.Single(_folder.Rows());
        Assert.Equal((UsageKind.CacheRead, 4_000_000m, 0.37m, "EUR"), (row.Facet.Kind, row.Amounts.Quantity!.Value, row.Amounts.Billed!.Value, row.Facet.Currency));
        Assert.Equal(("gpt 4.1 mini", """{"team":"search"}""", "2026-11"), (row.Facet.Model, row.Facet.Tags, row.Facet.BillingMonth));
    }

    [Fact]
    public void ColumnsItCannotDoWithoutAreNamed() => Assert.Contains(
        "line 1: quantity, costInBillingCurrency are columns that a azure bill can't do without",
        Assert.Throws<ImportException>(() => _folder.ImportText("Date,MeterName\n11/20/2026,x\n")).Message, StringComparison.Ordinal);
}
