using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Insights.Reconciling;
using Sluice.Insights.Store;
using Sluice.Ledger.Queries;

namespace Sluice.Insights.Tests.Reconciling;

public sealed class PriceLearnerTests
{
    private const string Sonnet = "anthropic.claude-sonnet-4-5-20250929-v1:0";
    private const string Nova = "amazon.nova-lite-v1:0";
    private static readonly DateOnly FirstDay = new(2026, 11, 1);

    /// <summary>3.30 a million is the book's regional price of Sonnet 4.5's input in us-east-1 (prices.csv).</summary>
    [Fact]
    public void APriceThatTheBookHasIsNotLearned() => Assert.Empty(PriceLearner.Learn(Month(_ => 3.3m), PriceBook.Default));

    [Fact]
    public void APriceThatRisesIsLearnedFromItsFirstDay()
    {
        var price = Assert.Single(PriceLearner.Learn(Month(day => day < 10 ? 3.3m : 3.63m), PriceBook.Default));
        Assert.Equal((3.63m, 1_000_000L, FirstDay.AddDays(10), null, 20), (price.Usd, price.Per, price.From, price.Until, price.Days));
        Assert.Equal((3.3m, FirstDay.AddDays(29)), (price.BookUsd, price.SeenUntil));
    }

    [Fact]
    public void APriceOfSomeDaysEndsWhereTheBooksBegins()
    {
        var price = Assert.Single(PriceLearner.Learn(Month(day => day is >= 5 and < 8 ? 3m : 3.3m), PriceBook.Default));
        Assert.Equal((FirstDay.AddDays(5), FirstDay.AddDays(8)), (price.From, price.Until));
    }

    [Fact]
    public void AModelWithoutAPriceGetsOne()
    {
        var price = Assert.Single(PriceLearner.Learn(Month(_ => 7m, "vendor.new-model-v1:0"), PriceBook.Default));
        Assert.Null(price.Book);
        Assert.Contains("the book has no price", price.Fields[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void OneRatioOverAllModelsIsADiscount()
    {
        var learned = PriceLearner.Learn(Month(_ => 3.3m * 0.92m).Concat(Month(_ => 0.06m * 0.92m, Nova)), PriceBook.Default);
        Assert.Equal(2, learned.Count);
        Assert.Equal(0.92m, decimal.Round(PriceLearner.DiscountOf(learned)!.Value, 6));
        Assert.Null(PriceLearner.DiscountOf(PriceLearner.Learn(Month(_ => 3.3m * 0.92m), PriceBook.Default)));
    }

    [Theory]
    [InlineData("EUR", "")]
    [InlineData("USD", "tail turbo")]
    public void WhatIsNotUnderstoodTellsNoPrice(string currency, string unknown) =>
        Assert.Empty(PriceLearner.Learn(Month(_ => 9m).Select(r => r with { Facet = r.Facet with { Currency = currency, Unknown = unknown } }), PriceBook.Default));

    /// <summary>What is written is a file of own prices that is free of faults and prices the bill as billed, from its day on and not before.</summary>
    [Fact]
    public void ALearnedPriceCanBeReadAsAnOwnPrice()
    {
        var learned = PriceLearner.Learn(Month(day => day < 10 ? 3.3m : 3.63m), PriceBook.Default);
        var csv = string.Join(',', LearnedPrice.Columns) + "\n" + string.Join("\n", learned.Select(p => string.Join(',', p.Fields.Select(f => $"\"{f}\""))));
        var book = PriceBook.Default.WithOverrides(PriceOverrides.LoadOwnPrices(new StringReader(csv), "learned.csv"));

        Assert.Empty(PriceLearner.Learn(Month(day => day < 10 ? 3.3m : 3.63m), book));
        var identity = new PriceIdentity { Model = Sonnet, Region = "us-east-1", Profile = "us" };
        Assert.Equal(3.63m, book.Find(identity, UsageKind.Input, 0, SpendQuery.StartOf(FirstDay.AddDays(10)))!.Usd);
        Assert.Equal("bill", book.Find(identity, UsageKind.Input, 0, SpendQuery.StartOf(FirstDay.AddDays(10)))!.Source);
        Assert.NotEqual("bill", book.Find(identity, UsageKind.Input, 0, SpendQuery.StartOf(FirstDay.AddDays(9)))!.Source);
    }

    private static IEnumerable<CostRow> Month(Func<int, decimal> perMillion, string model = Sonnet) => Enumerable.Range(0, 30).Select(day =>
    {
        var start = SpendQuery.StartOf(FirstDay.AddDays(day));
        var tokens = 1_000_000m + (day * 1_017);
        return new CostRow(
            new CostFacet
            {
                Source = BillSource.Cur,
                Provider = "AWS",
                Model = model,
                Kind = UsageKind.Input,
                Tier = "default",
                Scope = "regional",
                Currency = "USD",
                ChargeCategory = "Usage",
                IsGenerativeAi = true,
                Region = "us-east-1",
                Account = "111122223333",
                UsageType = "USE1-input-tokens",
            },
            // A bill's costs have ten decimals.
            new CostAmounts(start, start.AddDays(1), tokens, decimal.Round(tokens * perMillion(day) / 1_000_000, 10), null, null, null), 1, 0);
    });
}
