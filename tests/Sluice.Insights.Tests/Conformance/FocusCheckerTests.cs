using System.IO.Compression;
using System.Text;
using Sluice.Insights.Conformance;
using Sluice.Insights.Store;
using Sluice.Testing;

namespace Sluice.Insights.Tests.Conformance;

public sealed class FocusCheckerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-focus-");

    public static TheoryData<int, string, string> Planted() => [.. Plants.All.Select((p, i) => new TheoryDataRow<int, string, string>(i, p.Rule, p.Column))];

    [Theory]
    [MemberData(nameof(Planted))]
    public void APlantedBreakAloneIsReported(int number, string rule, string column)
    {
        var file = Plants.All[number].Plant(new ConformantFile());
        var verdict = Check(file.Text(), new FocusOptions { Version = FocusVersion.V12 });
        Assert.Equal([(rule, column)], verdict.Broken.Where(b => !b.IsAdvice).Select(b => (b.Id, b.Column)));
        Assert.False(verdict.IsConformant);
    }

    [Fact]
    public void MoreThanFortyBreaksArePlanted() => Assert.True(Plants.All.Length >= 40);

    [Theory]
    [InlineData(FocusVersion.V10)]
    [InlineData(FocusVersion.V11)]
    [InlineData(FocusVersion.V12)]
    [InlineData(FocusVersion.V13)]
    [InlineData(FocusVersion.V14)]
    public void AConformantFileOfEachVersionIsRecognisedAndBreaksNothing(FocusVersion version)
    {
        var verdict = Check(new ConformantFile(version).Text());
        Assert.Empty(verdict.Broken);
        Assert.Equal((version, true, 6L), (verdict.Version, verdict.IsVersionDetected, verdict.Rows));
    }

    [Fact]
    public void ABreakNamesItsFirstLineAndHowManyRowsHaveIt()
    {
        var file = new ConformantFile();
        file.Set(ConformantFile.Used, ("BillingCurrency", "usd")).Set(ConformantFile.Tax, ("BillingCurrency", "usd"));
        var broken = Assert.Single(Check(file.Text()).Broken);
        Assert.Equal((4L, 2L), (broken.Line, broken.Rows));
        Assert.Contains("'usd'", broken.What, StringComparison.Ordinal);
    }

    [Fact]
    public void AnExcerptMayLackColumnsAndSpellAmountsAsSpreadsheetsDo()
    {
        const string Text = "BilledCost,ChargePeriodStart,ChargeCategory\n\"$1,000.00 \",4/1/25,Usage\n";
        Assert.Contains(Check(Text).Broken, b => b.Id == "column-missing");
        Assert.Empty(Check(Text, new FocusOptions { IsExcerpt = true }).Broken);
        Assert.Single(Check(Text.Replace("$1,000.00 ", "much", StringComparison.Ordinal), new FocusOptions { IsExcerpt = true }).Broken);
    }

    [Fact]
    public void AGzipIsRead()
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionMode.Compress))
            gzip.Write(Encoding.UTF8.GetBytes(new ConformantFile().Text()));
        var path = Path.Combine(_folder.FullName, "focus.csv.gz");
        File.WriteAllBytes(path, buffer.ToArray());
        Assert.True(FocusChecker.Check(path, null, TestContext.Current.CancellationToken).IsConformant);
    }

    [Fact]
    public void AFileThatIsNoFocusIsRefused()
    {
        var error = Assert.Throws<ImportException>(() => Check("line_item_usage_type,cost\na,1\n"));
        Assert.Contains("not one of its columns is FOCUS's", error.Message, StringComparison.Ordinal);
    }

    /// <summary>What the specification's own examples of 1.2 do against its text. Each was read by hand; all else would be a false break.</summary>
    [Fact]
    public void TheSpecificationsExamplesBreakOnlyWhatTheyReallyDo()
    {
        string[] misspelled = ["column-unknown SkuPriceid"];
        string[] agreement = ["allowed-value ServiceCategory", "allowed-value ServiceSubcategory", "null-for-usage ConsumedQuantity"];
        string[] nameless = ["null-not-allowed ServiceCategory", "null-not-allowed ServiceName", "null-not-allowed ServiceSubcategory"];
        var known = new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["one_hundred_percent_utilization_with_commitment_discount_flexibility_with_1_resource"] = misspelled,
            ["one_hundred_percent_utilization_with_commitment_discount_flexibility_with_2_resources"] = misspelled,
            ["one_hundred_percent_utilization_without_commitment_discount_flexibility"] = misspelled,
            ["zero_percent_utilization_without_commitment_discount_flexibility"] = [.. misspelled, "consumed-unused-commitment ConsumedQuantity", "commitment-resource ResourceId"],
            ["saas_spend_agreements_a1"] = agreement,
            ["saas_spend_agreements_a2"] = agreement,
            ["saas_spend_agreements_b1"] = [.. nameless, .. agreement],
            ["saas_spend_agreements_b2"] = [.. nameless, .. agreement],
        };
        foreach (var name in new[] { "a1", "a2", "a3", "b", "c" })
            known["simple_saas_agreements_" + name] = ["null-not-allowed ServiceSubcategory"];
        var files = Directory.GetFiles(SharedFolder.Path("data/focus/spec_1.2_examples"), "*.csv");
        Assert.Equal(26, files.Length);
        foreach (var file in files)
        {
            var verdict = FocusChecker.Check(file, new FocusOptions { Version = FocusVersion.V12, IsExcerpt = true }, TestContext.Current.CancellationToken);
            var expected = known.GetValueOrDefault(Path.GetFileNameWithoutExtension(file), []);
            Assert.Equal(expected.Order(StringComparer.Ordinal), verdict.Broken.Where(b => !b.IsAdvice).Select(b => $"{b.Id} {b.Column}").Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData("aws_1_2_cost_and_usage_rows100_seed42.csv", FocusVersion.V12)]
    [InlineData("azure_1_3_cost_and_usage_rows100_seed42.csv", FocusVersion.V13)]
    public void AGeneratedConformantFileBreaksNothing(string name, FocusVersion version)
    {
        var verdict = FocusChecker.Check(SharedFolder.Path("data/focus/focus-data-toolkit/" + name), null, TestContext.Current.CancellationToken);
        Assert.Empty(verdict.Broken);
        Assert.Equal((version, 100L), (verdict.Version, verdict.Rows));
    }

    /// <summary>The published sample of 1.0 is real and not clean.</summary>
    [Fact]
    public void ARealSampleIsToldItsBreaks()
    {
        var verdict = FocusChecker.Check(SharedFolder.Path("data/focus/focus_1.0_sample.csv"), null, TestContext.Current.CancellationToken);
        Assert.Equal(FocusVersion.V10, verdict.Version);
        Assert.Contains(verdict.Broken, b => b is { Id: "column-unknown", Column: "Id" });
        Assert.Contains(verdict.Broken, b => b is { Id: "time-format", Column: "ChargePeriodStart", Rows: 1000, Line: 2 });
        Assert.Contains(verdict.Broken, b => b is { Id: "allowed-value", Column: "ChargeFrequency", Rows: 7 });
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private FocusVerdict Check(string text, FocusOptions? options = null)
    {
        var path = Path.Combine(_folder.FullName, "focus.csv");
        File.WriteAllText(path, text);
        return FocusChecker.Check(path, options, TestContext.Current.CancellationToken);
    }
}
