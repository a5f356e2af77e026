using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Insights.Reconciling;
using Sluice.Insights.Store;

namespace Sluice.Insights.PriceLists;

/// <summary>What imported bills of Bedrock show and the price book lacks.</summary>
public static class BillGaps
{
    private const string Source = "bill";

    /// <param name="rows">Rows of Bedrock, as <see cref="BillBook.Rows"/> gives them.</param>
    /// <param name="book">What they are compared with, on each day.</param>
    public static IEnumerable<PriceGap> Find(IReadOnlyCollection<CostRow> rows, PriceBook book) =>
        PriceLearner.Learn(rows, book).Select(learned => Of(learned, book)).Concat(NotUnderstood(rows));

    private static PriceGap Of(LearnedPrice learned, PriceBook book)
    {
        var stated = new StatedPrice
        {
            Id = learned.UsageType,
            Identity = new PriceIdentity
            {
                Model = learned.Model,
                Region = learned.Region,
                Profile = learned.IsGlobal ? "global" : null,
                Tier = learned.Tier,
                Batch = learned.IsBatch,
                LatencyOptimized = learned.IsLatencyOptimized,
            },
            Kind = learned.Kind,
            KindName = learned.Kind.Name(),
            ContextTokens = learned.AboveTokens,
            UsdPerUnit = learned.Usd / learned.Per,
        };
        var kind = learned.Book is not null ? PriceGapKind.Differs : book.Models.Find(learned.Model) is { Exists: true } ? PriceGapKind.NoPrice : PriceGapKind.NoModel;
        return new PriceGap(Source, stated, kind, learned.Book);
    }

    /// <summary>Usage that costs money and whose kind isn't known: one for each usage type, with what a unit of it cost.</summary>
    private static IEnumerable<PriceGap> NotUnderstood(IEnumerable<CostRow> rows) => rows
        .Where(r => r.Facet is { Kind: null, ChargeCategory: "Usage", Currency: "USD", UsageType.Length: > 0 } && r.Amounts is { Quantity: > 0, Billed: > 0 })
        .GroupBy(r => (r.Facet.UsageType, r.Facet.Model, r.Facet.Region))
        .Select(g => new PriceGap(
            Source,
            new StatedPrice
            {
                Id = g.Key.UsageType,
                Identity = new PriceIdentity { Model = g.Key.Model, Region = g.Key.Region },
                KindName = g.Key.UsageType,
                UsdPerUnit = g.Sum(r => r.Amounts.Billed!.Value) / g.Sum(r => r.Amounts.Quantity!.Value),
            },
            PriceGapKind.NoKind, null));
}
