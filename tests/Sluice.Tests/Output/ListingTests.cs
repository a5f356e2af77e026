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

    private static string Written(Listing table, OutputFormat format)
    {
        var writer = new StringWriter();
        table.Write(writer, format);
        return writer.ToString();
    }
}
