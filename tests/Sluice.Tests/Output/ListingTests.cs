using Sluice.Core;
using Sluice.Output;

namespace Sluice.Tests.Output;

public sealed class ListingTests
{
    [Fact]
    public void WhatIsNotKnownIsNeverZero()
    {
        var table = new Listing("model", "cost_usd");
        table.Add("known", Money.FromUsd(0.0165795m));
        table.Add("unknown", null);

        Assert.Equal("model,cost_usd\nknown,0.0165795\nunknown,\n", Written(table, OutputFormat.Csv).ReplaceLineEndings("\n"));
        Assert.Contains("\"cost_usd\": null", Written(table, OutputFormat.Json));
        Assert.Contains("-", Written(table, OutputFormat.Table));
    }

    [Fact]
    public void MoneyIsAStringInJsonSoThatNoReaderRoundsIt()
    {
        var table = new Listing("cost_usd");
        table.Add(Money.FromUsd(0.000000000001m));

        Assert.Contains("\"cost_usd\": \"0.000000000001\"", Written(table, OutputFormat.Json));
    }

    [Theory]
    [InlineData("1234.5", "1,234.50")]
    [InlineData("0.0165795", "0.0166")]
    [InlineData("0.00000025", "0.00000025")]
    public void PeopleSeeAsManyDecimalsAsTellAnAmountFromZero(string usd, string expected) =>
        Assert.Equal(expected, Listing.ForPeople(Money.FromUsd(decimal.Parse(usd))));

    [Fact]
    public void RowsAddUpToTheirTotalAsShown()
    {
        var table = new Listing("app", "calls", "cost");
        table.Add("a", 1L, Money.FromUsd(100.333m));
        table.Add("b", 2L, Money.FromUsd(100.333m));
        table.Add("c", 3L, Money.FromUsd(100.334m));
        table.Add("free", 4L, Money.Zero);
        table.AddTotal(["total", 10L, Money.FromUsd(301m)]);

        var shown = Written(table, OutputFormat.Table).Split('\n').Skip(2).Where(l => l.Length > 0).Select(l => decimal.Parse(l.Trim().Split(' ')[^1])).ToArray();

        Assert.Equal([100.33m, 100.33m, 100.34m, 0.00m, 301.00m], shown);
        Assert.Equal(shown[^1], shown[..^1].Sum());
    }

    [Fact]
    public void ATotalOfTotalsAddsUpAsWell()
    {
        var table = new Listing("step", "cost");
        table.Add("before", Money.FromUsd(200.006m));
        table.Add("- a", Money.FromUsd(-10.002m));
        table.Add("- b", Money.FromUsd(-10.002m));
        table.AddTotal(["saved", Money.FromUsd(-20.004m)], r => ((string)r[0]!).StartsWith('-'));
        table.AddTotal(["after", Money.FromUsd(180.002m)], r => r[0] is "before" or "saved", ofTotals: true);

        var shown = Written(table, OutputFormat.Table).Split('\n').Skip(2).Where(l => l.Length > 0).Select(l => decimal.Parse(l.Trim().Split(' ')[^1])).ToArray();

        Assert.Equal(shown[3], shown[1] + shown[2]);
        Assert.Equal(shown[4], shown[0] + shown[3]);
    }

    [Fact]
    public void NamesThatWouldMoveTheCursorDoNot()
    {
        var table = new Listing("app");
        table.Add("\u001b[2Jevil\nrow");

        Assert.Equal("\uFFFD[2Jevil row", Written(table, OutputFormat.Table).Split('\n')[2].TrimEnd());
    }

    [Fact]
    public void ModelsHaveShortNamesUnlessIdsAreAskedFor()
    {
        var table = new Listing("model");
        table.Add("anthropic.claude-sonnet-4-5-20250929-v1:0");

        Assert.Contains("\nclaude-sonnet-4.5\n", Written(table, OutputFormat.Table).ReplaceLineEndings("\n"));
        var wide = new StringWriter();
        table.Write(wide, OutputFormat.Table, wide: true);
        Assert.Contains("anthropic.claude-sonnet-4-5-20250929-v1:0", wide.ToString());
        Assert.Contains("anthropic.claude-sonnet-4-5-20250929-v1:0", Written(table, OutputFormat.Json));
    }

    private static string Written(Listing table, OutputFormat format)
    {
        var writer = new StringWriter();
        table.Write(writer, format);
        return writer.ToString();
    }
}
