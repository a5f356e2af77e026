using System.Globalization;
using CsvHelper;
using Sluice.Core.Metering;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;
using Sluice.Testing;

namespace Sluice.Insights.Tests.Imports.Focus;

/// <summary>Real and specified FOCUS files: every row is kept, and no cost column loses anything.</summary>
public sealed class FocusFilesTests
{
    [Fact]
    public void EveryFileKeepsEveryRowAndItsCosts()
    {
        var files = Directory.GetFiles(SharedFolder.Path("data/focus"), "*.csv", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            using var folder = new StoreFolder();
            var result = folder.Import(file);

            Assert.Equal((BillSource.Focus, 0), (result.Source, result.SetAside));
            var rows = folder.Rows();
            AssertConserved(file, "BilledCost", rows.Sum(r => r.Amounts.Billed ?? 0));
            AssertConserved(file, "EffectiveCost", rows.Sum(r => r.Amounts.Effective ?? 0));
            AssertConserved(file, "ContractedCost", rows.Sum(r => r.Amounts.Contracted ?? 0));
            AssertConserved(file, "ListCost", rows.Sum(r => r.Amounts.List ?? 0));
        }
    }

    /// <summary>The arithmetic is that of the specification's working group: 50 million cached tokens at 0.20 a million, 15 million written at 2.50.</summary>
    [Fact]
    public void TokenRowsAreReadInTokens()
    {
        using var folder = new StoreFolder();
        folder.Import(SharedFolder.Path("data/focus/ai_billing_examples/cached_tokens_via_csp_marketplace.csv"));

        var rows = folder.Rows();
        Assert.Equal([(UsageKind.CacheRead, 50_000_000m, 10m), (UsageKind.CacheWrite5m, 15_000_000m, 37.5m)], rows.Select(r => (r.Facet.Kind!.Value, r.Amounts.Quantity!.Value, r.Amounts.Billed!.Value)));
        Assert.All(rows, r => Assert.Equal(("solora-neptune-5.0", "Solora Neptune", "Solora AI", true), (r.Facet.Model, r.Facet.Family, r.Facet.Developer, r.Facet.IsGenerativeAi)));
    }

    [Fact]
    public void CurrenciesOfOneFileStayApart()
    {
        using var folder = new StoreFolder();
        var result = folder.Import(SharedFolder.Path("data/focus/focus-data-toolkit/consolidated_multi_provider_1_3.csv"));

        Assert.Equal(["EUR", "USD"], result.Services.Select(s => s.Currency).Distinct().Order(StringComparer.Ordinal));
    }

    private static void AssertConserved(string file, string column, decimal imported)
    {
        using var csv = CsvReader.FromFile(file);
        var sum = 0m;
        if (csv.TryGetFieldIndex(column, out var index))
        {
            while (csv.Read())
            {
                var text = csv.GetString(index).Replace("$", "", StringComparison.Ordinal).Trim();
                if (text.Length > 0 && !text.Equals("null", StringComparison.OrdinalIgnoreCase))
                    sum += decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture);
            }
        }
        Assert.True(Math.Abs(sum - imported) <= 0.000000001m, $"{file}: {column} is {sum} in the file and {imported} in the store");
    }
}
