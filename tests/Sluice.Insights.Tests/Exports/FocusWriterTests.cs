using System.Globalization;
using Sluice.Core.Metering;
using Sluice.Insights.Conformance;
using Sluice.Insights.Exports;
using Sluice.Insights.Store;
using Sluice.Insights.Tests.Harness;

namespace Sluice.Insights.Tests.Exports;

public sealed class FocusWriterTests
{
    private static readonly string[] Categories = ["Usage", "Usage", "Usage", "Usage", "Tax", "Credit", "Fee", "Refund", "SavingsPlanNegation", "Purchase"];

    [Theory]
    [InlineData(FocusVersion.V12)]
    [InlineData(FocusVersion.V14)]
    public void WhateverABillHasIsWrittenConformantlyAndReadBackToTheSameSums(FocusVersion version)
    {
        for (var seed = 1; seed <= 40; seed++)
        {
            using var folder = new StoreFolder();
            List<CostRow> rows = [.. Rows(new Random(seed))];
            var leftOut = new List<LeftOut>();
            var file = Export(folder, version, rows, leftOut);

            var verdict = FocusChecker.Check(file, new FocusOptions { Version = version }, TestContext.Current.CancellationToken);
            Assert.True(verdict.Broken.Count == 0, $"seed {seed}: {string.Join("; ", verdict.Broken)}");
            Assert.Equal(rows.Count(r => r.Amounts.Billed is null), leftOut.Count);

            folder.Import(file);
            var known = rows.Where(r => r.Amounts.Billed is not null).ToList();
            var read = folder.Rows();
            Assert.Equal(known.Sum(r => r.Amounts.Billed), read.Sum(r => r.Amounts.Billed));
            Assert.Equal(known.Sum(r => r.Amounts.Effective ?? r.Amounts.Billed), read.Sum(r => r.Amounts.Effective));
            Assert.Equal(known.Sum(r => r.Amounts.List ?? r.Amounts.Billed), read.Sum(r => r.Amounts.List));
            foreach (var kind in UsageKinds.All.Where(k => k.IsToken()))
                Assert.Equal(Tokens(known, kind), Tokens(read, kind));
        }
    }

    [Fact]
    public void ABillOfBedrockComesBackWithItsModelsAndKinds()
    {
        using var first = new StoreFolder();
        using var second = new StoreFolder();
        first.ImportText(
            StoreFolder.CurHeader + "\n"
            + StoreFolder.Charge("USE1-Claude4.5Sonnet-input-tokens", "14", "0.0462")
            + StoreFolder.Charge("USE1-Claude4.5Sonnet-cache-write-1h-input-token-count", "9.634", "0.09634", "2026-11-20T11")
            + StoreFolder.Charge("USE1-Claude4.5Sonnet-output-tokens", "3", "0.0495", tags: "{\"team\":\"blue\"}"));
        second.Import(Export(second, FocusVersion.V14, first.Rows(), []));
        static object Facts(CostRow r) => (r.Facet.Model, r.Facet.Kind, r.Facet.Account, r.Facet.Tags, r.Amounts.From, r.Amounts.Quantity, r.Amounts.Billed);
        Assert.Equal(first.Rows().Select(Facts).ToHashSet(), second.Rows().Select(Facts).ToHashSet());
    }

    [Fact]
    public void AnUnknownCostIsNeverWrittenAsZero()
    {
        using var folder = new StoreFolder();
        var leftOut = new List<LeftOut>();
        var row = Rows(new Random(1)).First();
        var text = File.ReadAllLines(Export(folder, FocusVersion.V14, [row with { Amounts = row.Amounts with { Billed = null } }], leftOut));
        Assert.Single(text);
        Assert.Equal("the bill has no cost", Assert.Single(leftOut).Reason);
    }

    [Fact]
    public void ACostThatTheBillLacksIsNamed()
    {
        using var folder = new StoreFolder();
        var row = Rows(new Random(1)).First();
        var text = File.ReadAllLines(Export(folder, FocusVersion.V12, [row with { Amounts = row.Amounts with { Billed = 1.25m, Effective = 1, Contracted = null, List = null } }], []));
        Assert.EndsWith(",ContractedCost ListCost", text[1], StringComparison.Ordinal);
    }

    private static string Export(StoreFolder folder, FocusVersion version, IEnumerable<CostRow> rows, List<LeftOut> leftOut)
    {
        var file = Path.Combine(folder.Folder, "export.csv");
        using var text = new StreamWriter(file);
        using var writer = new FocusWriter(text, version);
        foreach (var charge in BilledCharges.Read(rows, leftOut))
            writer.Write(charge);
        return file;
    }

    private static decimal Tokens(IEnumerable<CostRow> rows, UsageKind kind) => rows.Where(r => r.Facet.Kind == kind).Sum(r => r.Amounts.Quantity ?? 0);

    /// <summary>Rows as bills have them, and worse: credits, money back, no quantity, no cost, quotation marks in tags.</summary>
    private static IEnumerable<CostRow> Rows(Random random)
    {
        for (var i = 0; i < 30; i++)
        {
            var category = i == 0 ? "Usage" : Categories[random.Next(Categories.Length)];
            var day = new DateTimeOffset(2026, 11, 1 + (i % 28), 0, 0, 0, TimeSpan.Zero);
            var kind = category == "Usage" ? (UsageKind?)random.Next(5) : null;
            yield return new CostRow(
                new CostFacet
                {
                    Source = BillSource.Cur,
                    Provider = "AWS",
                    Service = "Amazon Bedrock",
                    Model = "anthropic.claude-sonnet-4-5-20250929-v1:0",
                    Kind = kind,
                    Tier = "default",
                    Scope = "regional",
                    Currency = "USD",
                    Account = "111122223333",
                    Region = "us-east-1",
                    ChargeCategory = category,
                    Unit = kind is null ? "units" : "tokens",
                    UsageType = $"USE1-{i}",
                    IsGenerativeAi = true,
                    Tags = random.Next(2) == 0 ? "{}" : "{\"team\":\"a \\\"b\\\", c\"}",
                },
                new CostAmounts(day, day.AddDays(1), random.Next(6) == 0 ? null : random.Next(1_000_000), Cost(random, 8), Cost(random, 4), Cost(random, 2), Cost(random, 3)), 1, 0);
        }
    }

    private static decimal? Cost(Random random, int oneInIsUnknown) => random.Next(oneInIsUnknown) == 0 ? null
        : decimal.Parse($"{(random.Next(10) == 0 ? "-" : "")}{random.Next(100)}.{random.NextInt64(1_000_000_000_000):000000000000}", CultureInfo.InvariantCulture);
}
