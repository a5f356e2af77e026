using Sluice.Core.Metering;
using Sluice.Insights.Imports;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;

namespace Sluice.Insights.Tests.Imports.Focus;

/// <summary>Exports that say what was used in their provider's own words and have none of the working group's details.</summary>
public sealed class FocusFormatTests : IDisposable
{
    private const string Header = "BilledCost,EffectiveCost,BillingCurrency,BillingPeriodStart,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ChargeDescription,ProviderName,ServiceName,ConsumedQuantity,ConsumedUnit,PricingQuantity,PricingUnit";
    private const string Period = "2026-11-01T00:00:00Z,2026-11-20T10:00:00Z,2026-11-20T11:00:00Z";

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Microsoft divides what was consumed by the block size to get the quantity that is priced.</summary>
    [Theory]
    [InlineData("2500000", "Tokens", 2_500_000)]
    [InlineData("2500000", "Units", 2_500_000)]
    [InlineData("", "", 2_500_000)]
    public void AzuresMetersAreReadAsInItsOwnExports(string consumed, string unit, int tokens)
    {
        Import("x_SkuMeterCategory,x_SkuMeterSubcategory,x_SkuMeterName,x_PricingUnitDescription",
            $"25,25,EUR,{Period},Usage,,Microsoft,Azure AI services,{consumed},{unit},2.5,Units,Azure OpenAI,Azure OpenAI GPT5,GPT 5 outpt Glbl 1M Tokens,1M");

        var row = Assert.Single(_folder.Rows());
        Assert.Equal((true, UsageKind.Output, tokens, "global", "OpenAI"), (row.Facet.IsGenerativeAi, row.Facet.Kind!.Value, row.Amounts.Quantity!.Value, row.Facet.Scope, row.Facet.Developer));
    }

    [Fact]
    public void GooglesSkusAreReadAsInItsOwnExport()
    {
        Import("SkuMeter", $"3,3,USD,{Period},Usage,,Google Cloud,Vertex AI,1200,count,1.2,1000 count,Gemini 2.5 Pro Text Output - Predictions",
            $"4,4,USD,{Period},Usage,,Google Cloud,Vertex AI,2,hour,2,hour,Notebook runtime");

        var rows = _folder.Rows();
        var row = Assert.Single(rows, r => r.Facet.IsGenerativeAi);
        Assert.Equal((UsageKind.Output, 1_200m, "Google"), (row.Facet.Kind!.Value, row.Amounts.Quantity!.Value, row.Facet.Developer));
        Assert.Equal(2, rows.Count);
    }

    [Fact]
    public void BedrocksMeterIsItsUsageTypeWhereNoColumnOfItsOwnHasIt()
    {
        Import("SkuMeter", $"0.06,0.06,USD,{Period},Usage,,AWS,Amazon Bedrock,20,1K tokens,20,1K tokens,USE1-NovaPro-cache-read-input-token-count");

        var row = Assert.Single(_folder.Rows());
        Assert.Equal((UsageKind.CacheRead, 20_000m, "Amazon"), (row.Facet.Kind!.Value, row.Amounts.Quantity!.Value, row.Facet.Developer));
    }

    /// <summary>Whatever a file calls it, what Bedrock costs is generative AI and never drops out of its sums unseen.</summary>
    [Fact]
    public void BedrocksRowsThatSayNotWhatWasUsedAreGenerativeAiOfAnUnknownKind()
    {
        var result = Import("SkuId", $"7,7,USD,{Period},Usage,,AWS,Amazon Bedrock,20,Units,20,Units,8ZQB", $"1,1,USD,{Period},Tax,,AWS,Amazon Bedrock,,,,,");

        Assert.All(_folder.Rows(), r => Assert.True(r.Facet.IsGenerativeAi));
        Assert.Equal(("8ZQB", 7m), result.Unknown.Select(u => (u.UsageType, u.Billed)).Single());
    }

    /// <summary>The specification asks for it, and without it nobody knows what a row covers.</summary>
    [Fact]
    public void AFileWithoutTheEndsOfItsPeriodsIsRefused() => Assert.Contains(
        "ChargePeriodEnd is a column that a focus bill can't do without",
        Assert.Throws<ImportException>(() => _folder.ImportText("BilledCost,ChargePeriodStart\n1,2026-11-20T10:00:00Z\n")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", "ChargePeriodEnd '' is no time")]
    [InlineData("2026-11-20T09:00:00Z", "the period ends at 2026-11-20T09:00:00Z, before it begins at 2026-11-20T10:00:00Z")]
    public void ARowWithoutAnEndIsSetAside(string end, string reason)
    {
        const string Good = "1,2026-11-20T10:00:00Z,2026-11-20T11:00:00Z\n";
        var result = _folder.ImportText($"BilledCost,ChargePeriodStart,ChargePeriodEnd\n{Good}2,2026-11-20T10:00:00Z,{end}\n");

        Assert.Equal((1, 3L), (result.Rows, Assert.Single(result.SetAsideRows).Line));
        Assert.Contains(reason, result.SetAsideRows[0].Reason, StringComparison.Ordinal);
    }

    private ImportResult Import(string columns, params string[] rows) => _folder.ImportText($"{Header},{columns}\n{string.Join('\n', rows)}\n");
}
