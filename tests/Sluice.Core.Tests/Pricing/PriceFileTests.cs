using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using static Sluice.Core.Tests.Pricing.Asked;

namespace Sluice.Core.Tests.Pricing;

public sealed class PriceFileTests
{
    public const string Header = "model,region,profile,tier,batch,latency_optimized,above_tokens,kind,usd,per,from,until,source,source_date,note";

    [Fact]
    public void ALineForSeveralRegionsAndProfilesIsARowForEachPair()
    {
        var rows = Load("m,us-* eu-west-1,bare geo global,,,,,input,3,1000000,2026-01-01,,me,2026-01-01,").Rows;
        Assert.Equal(6, rows.Length);
        Assert.All(rows, r => Assert.Equal("p.csv:2", r.Id));
        Assert.Equal([null, "geo", "global"], rows.Where(r => r.Region == "eu-west-1").Select(r => r.Profile), StringComparer.Ordinal);
    }

    [Fact]
    public void BlankCellsMeanTheUsual()
    {
        var row = Assert.Single(Load("m,*,,,,,,output,1,1000000,2026-01-01,,me,2026-01-01,").Rows);
        Assert.Equal((null, ServiceTier.Default, false, false, 0L, null, null), (row.Profile, row.Tier, row.Batch, row.LatencyOptimized, row.AboveTokens, row.Until, row.Note));
    }

    [Fact]
    public void EveryFaultOfAFileIsReportedAtOnceWithLineColumnValueAndFix()
    {
        var error = Assert.Throws<PriceFileException>(() => Load("""
            ,Europe,uk,cheap,true,no,-1,tokens,$3,0,01/02/2026,2026,,yesterday,
            m,*,,,,,,input,3,1000000,2026-01-01,2025-01-01,me,2026-01-01,
            too,few
            m,*,,,,,,output,3,1000000,2026-01-01,,me,2026-01-01,an "odd" mark
            m,*,,,,,,output,3,1000000,2026-01-01,,me,2026-01-01,"never closed
            m,*,,,,,,output,3,1000000,2026-01-01,,me,2026-01-01,fine
            """));
        Assert.Equal(
            ["model", "region", "profile", "tier", "batch", "latency_optimized", "above_tokens", "kind", "usd", "per", "from", "until", "source", "source_date"],
            error.Errors.Where(e => e.Place == "p.csv:2").Select(e => e.Column).Order(Comparer<string>.Create((a, b) => Header.IndexOf(a, StringComparison.Ordinal) - Header.IndexOf(b, StringComparison.Ordinal))),
            StringComparer.Ordinal);
        Assert.Contains(error.Errors, e => e.Place == "p.csv:3" && e.Column == "until");
        Assert.Contains(error.Errors, e => e.Place == "p.csv:4" && e.Fix.Contains("15 values", StringComparison.Ordinal));
        Assert.Contains(error.Errors, e => e.Place == "p.csv:5" && e.Fix.Contains("quotation", StringComparison.Ordinal));
        Assert.Contains(error.Errors, e => e.Place == "p.csv:6" && e.Fix.Contains("quotation", StringComparison.Ordinal));
        Assert.DoesNotContain(error.Errors, e => e.Place == "p.csv:7");
        Assert.Contains("p.csv:2: usd '$3': write a number of dollars", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1e-3")]
    [InlineData("-1")]
    [InlineData("1,5")]
    [InlineData("NaN")]
    [InlineData("")]
    public void OnlyPlainAmountsAreRead(string usd) =>
        Assert.Contains(Faults($"m,*,,,,,,input,\"{usd}\",1000000,2026-01-01,,me,2026-01-01,"), e => e.Column == "usd");

    [Theory]
    [InlineData("")]
    [InlineData("model,usd")]
    [InlineData(Header + ",extra")]
    public void AWrongHeaderIsToldByItsColumns(string header)
    {
        var error = Assert.Throws<PriceFileException>(() => PriceBook.Load(new StringReader(header + "\n"), "p.csv"));
        Assert.All(error.Errors, e => Assert.Equal(("p.csv:1", "header"), (e.Place, e.Column)));
    }

    [Fact]
    public void TwoRowsForTheSamePriceOnOneDayAreAFault()
    {
        var fault = Assert.Single(Faults(
            "m,us-east-1,,,,,,input,3,1000000,2026-01-01,2026-03-01,me,2026-01-01,",
            "m,us-east-1 us-west-2,,,,,,input,4,1000000,2026-02-01,,me,2026-01-01,"));
        Assert.Equal("p.csv:3", fault.Place);
        Assert.Contains("p.csv:2", fault.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void ARowThatEndsOnTheDayTheNextBeginsIsNotAnOverlap() => Assert.Equal(2, Load(
        "m,us-east-1,,,,,,input,3,1000000,2026-01-01,2026-02-01,me,2026-01-01,",
        "m,us-east-1,,,,,,input,4,1000000,2026-02-01,,me,2026-01-01,").Rows.Length);

    [Fact]
    public void AnEmptyBookPricesNothing() => Assert.Null(Load().Find(On("m"), UsageKind.Input, 0, Now));

    // Exact region, then pattern, then all; a profile before geo; a model before a pattern of models.
    [Theory]
    [InlineData("m", "eu-west-1", "eu", "1")]
    [InlineData("m", "eu-west-1", "uk", "2")]
    [InlineData("m", "eu-west-3", "eu", "3")]
    [InlineData("m", "sa-east-1", "eu", "4")]
    [InlineData("m-two", "eu-west-1", "eu", "5")]
    public void TheMostSpecificRowWins(string model, string region, string profile, string usd)
    {
        var book = Load(
            "m,eu-west-1,eu,,,,,input,1,1000000,2026-01-01,,me,2026-01-01,",
            "m,eu-west-1,geo,,,,,input,2,1000000,2026-01-01,,me,2026-01-01,",
            "m,eu-*,geo,,,,,input,3,1000000,2026-01-01,,me,2026-01-01,",
            "m,*,geo,,,,,input,4,1000000,2026-01-01,,me,2026-01-01,",
            "m*,*,eu geo,,,,,input,5,1000000,2026-01-01,,me,2026-01-01,");
        Assert.Equal(Usd(usd), book.Find(On(model, region, profile), UsageKind.Input, 0, Now)?.Usd);
    }

    private static PriceBook Load(params string[] lines) => PriceBook.Load(new StringReader(string.Join('\n', lines.Prepend(Header))), "p.csv");

    private static IReadOnlyList<PriceFileError> Faults(params string[] lines) => Assert.Throws<PriceFileException>(() => Load(lines)).Errors;
}
