using Sluice.Insights.Imports;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;

namespace Sluice.Insights.Tests.Store;

/// <summary>Cost Explorer tells the same costs by service, by usage type and by account.</summary>
public sealed class RegroupingTests : IDisposable
{
    private const string ByService = """
        {"GroupDefinitions":[{"Type":"DIMENSION","Key":"SERVICE"}],"ResultsByTime":[{"TimePeriod":{"Start":"2026-11-20","End":"2026-11-21"},"Groups":[
        {"Keys":["Amazon Bedrock"],"Metrics":{"UnblendedCost":{"Amount":"12.5","Unit":"USD"}}},{"Keys":["AWS Lambda"],"Metrics":{"UnblendedCost":{"Amount":"3","Unit":"USD"}}}]}]}
        """;

    private const string Download = "\"Service\",\"Amazon Bedrock($)\",\"AWS Lambda($)\",\"Total costs($)\"\n\"2026-11-20\",\"12.5\",\"3\",\"15.5\"\n\"2026-11-21\",\"1\",\"1\",\"2\"\n";

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhatComesToTheSameCountsOnceInTheMostDetail(bool detailFirst)
    {
        var byType = ByType("7.5", "5.0000000000");
        _folder.ImportText(detailFirst ? byType : ByService, "first.json");
        var second = _folder.ImportText(detailFirst ? ByService : byType, "second.json");

        Assert.Equal(15.5m, _folder.Rows().Sum(r => r.Amounts.Billed));
        Assert.Equal(["USE1-NovaLite-input-tokens", "USE1-NovaLite-output-tokens"], _folder.Rows().Where(r => r.Facet.IsGenerativeAi).Select(r => r.Facet.UsageType).Order());
        Assert.Contains("1 charge (12.50 USD) of the same services and periods came to the same in another file in more detail, and was left out", Assert.Single(second.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void TheConsolesDownloadAndAnAnswerByUsageTypeCountOnce()
    {
        _folder.ImportText(Download, "costs.csv");
        _folder.ImportText(ByType("7.5", "5"), "answer.json");

        Assert.Equal(17.5m, _folder.Rows().Sum(r => r.Amounts.Billed));
    }

    [Fact]
    public void WhatComesToAnotherSumCountsAndIsNamed()
    {
        _folder.ImportText(ByService, "first.json");
        var second = _folder.ImportText(ByType("7.5", "4"), "second.json");

        Assert.Equal(27m, _folder.Rows().Sum(r => r.Amounts.Billed));
        Assert.Contains("come to another sum (12.50 USD); both count. --replace-period", Assert.Single(second.Warnings), StringComparison.Ordinal);
    }

    /// <summary>Usage by usage type and everything else by what it is are two answers to one question, and no costs twice.</summary>
    [Fact]
    public void CreditsAndTaxesOfAnotherAnswerAreNoUsageTwice()
    {
        _folder.ImportText(ByType("7.5", "5"), "usage.json");
        var others = _folder.ImportText("""
            {"GroupDefinitions":[{"Type":"DIMENSION","Key":"RECORD_TYPE"},{"Type":"DIMENSION","Key":"SERVICE"}],"ResultsByTime":[{"TimePeriod":{"Start":"2026-11-20","End":"2026-11-21"},"Groups":[
            {"Keys":["Tax","Amazon Bedrock"],"Metrics":{"UnblendedCost":{"Amount":"12.5","Unit":"USD"}}}]}]}
            """, "others.json");

        Assert.Equal(25m, _folder.Rows().Sum(r => r.Amounts.Billed));
        Assert.Empty(others.Warnings);
    }

    private static string ByType(string input, string output) => """{"GroupDefinitions":[{"Type":"DIMENSION","Key":"SERVICE"},{"Type":"DIMENSION","Key":"USAGE_TYPE"}],"ResultsByTime":[{"TimePeriod":{"Start":"2026-11-20","End":"2026-11-21"},"Groups":["""
        + string.Join(',', new[] { ("input", input), ("output", output) }.Select(k => $"{{\"Keys\":[\"Amazon Bedrock\",\"USE1-NovaLite-{k.Item1}-tokens\"],\"Metrics\":{{\"UnblendedCost\":{{\"Amount\":\"{k.Item2}\",\"Unit\":\"USD\"}}}}}}")) + "]}]}";
}
