using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Insights.Store;
using Sluice.Ledger.Queries;

namespace Sluice.Insights.Reconciling;

/// <summary>Reads prices off a bill, and keeps those that the price book doesn't have.</summary>
public static class PriceLearner
{
    /// <summary>Prices that agree to this part are the same; the bill rounds quantities and costs.</summary>
    private const decimal SamePrice = 0.0005m;

    /// <summary>A line's cost is rounded to ten decimals or so; a day of fewer dollars tells no price.</summary>
    private const decimal LeastUsd = 0.00001m;

    private const int PriceDecimals = 6;

    private static readonly Dictionary<string, ServiceTier> Tiers = Enum.GetValues<ServiceTier>().ToDictionary(t => t.Name(), t => t, StringComparer.Ordinal);

    private readonly record struct Key(string Model, string Region, bool IsGlobal, ServiceTier Tier, bool IsBatch, bool IsLatencyOptimized, bool IsLongContext, UsageKind Kind);

    /// <summary>A stretch of days with one price.</summary>
    private sealed record Stretch(DateOnly From, DateOnly Last, decimal Quantity, decimal Usd, int Days)
    {
        public decimal Unit => Usd / Quantity;
    }

    /// <param name="rows">Of Bedrock; what is unknown, in other currencies, or no usage tells no price.</param>
    /// <param name="book">What they are held against, on each day.</param>
    public static IReadOnlyList<LearnedPrice> Learn(IEnumerable<CostRow> rows, PriceBook book)
    {
        var learned = new List<LearnedPrice>();
        foreach (var price in rows.Where(TellsAPrice).GroupBy(KeyOf))
        {
            var facet = price.First().Facet;
            var stretches = Stretches(price);
            foreach (var (i, stretch) in stretches.Index())
            {
                var row = Find(book, price.Key, stretch.From);
                if (row is not null && IsSame(row.Usd / row.Per, stretch.Unit) && IsSameUntil(book, price.Key, stretch))
                    continue;
                var per = price.Key.Kind.IsToken() ? 1_000_000 : 1;
                learned.Add(new LearnedPrice
                {
                    Model = price.Key.Model,
                    Region = price.Key.Region,
                    IsGlobal = price.Key.IsGlobal,
                    Tier = price.Key.Tier,
                    IsBatch = price.Key.IsBatch,
                    IsLatencyOptimized = price.Key.IsLatencyOptimized,
                    AboveTokens = price.Key.IsLongContext ? row?.AboveTokens ?? 0 : 0,
                    Kind = price.Key.Kind,
                    Usd = decimal.Round(stretch.Unit * per, PriceDecimals),
                    Per = per,
                    From = stretch.From,
                    Until = i + 1 < stretches.Count ? stretches[i + 1].From : null,
                    SeenUntil = stretch.Last,
                    Quantity = stretch.Quantity,
                    BilledUsd = stretch.Usd,
                    Days = stretch.Days,
                    UsageType = facet.UsageType,
                    Account = facet.Account,
                    Book = row,
                });
            }
        }
        return [.. learned.OrderBy(p => p.Model, StringComparer.Ordinal).ThenBy(p => p.Region, StringComparer.Ordinal).ThenBy(p => p.IsGlobal).ThenBy(p => p.Tier).ThenBy(p => p.Kind).ThenBy(p => p.From)];
    }

    /// <summary>
    /// The one ratio below 1 that all learned prices have to the book's, over two models or more: a negotiated discount, which belongs into the settings and not
    /// into the price book. Null where there is none.
    /// </summary>
    public static decimal? DiscountOf(IReadOnlyList<LearnedPrice> learned)
    {
        if (learned.Select(p => p.Model).Distinct(StringComparer.Ordinal).Count() < 2 || learned.Any(p => p.BookUsd is null or 0))
            return null;
        var ratio = learned[0].Usd / learned[0].BookUsd!.Value;
        return ratio < 1 && learned.All(p => Math.Abs((p.Usd / p.BookUsd!.Value) - ratio) <= SamePrice) ? ratio : null;
    }

    private static bool TellsAPrice(CostRow row) =>
        row.Facet is { Kind: not null, Unknown.Length: 0, Currency: "USD", Model.Length: > 0 } && row is { Amounts: { Quantity: > 0, Billed: > 0 }, UnpricedLines: 0 }
        && row.Facet.ChargeCategory is "Usage" or "DiscountedUsage" && Tiers.ContainsKey(row.Facet.Tier);

    private static Key KeyOf(CostRow row)
    {
        var facet = row.Facet;
        return new Key(facet.Model, facet.Region, facet.Scope == "global", Tiers[facet.Tier], facet.IsBatch, facet.IsLatencyOptimized, facet.IsLongContext, facet.Kind!.Value);
    }

    private static List<Stretch> Stretches(IEnumerable<CostRow> rows)
    {
        var stretches = new List<Stretch>();
        foreach (var day in rows.GroupBy(r => DateOnly.FromDateTime(r.Amounts.From.UtcDateTime)).OrderBy(g => g.Key))
        {
            var (quantity, usd) = (day.Sum(r => r.Amounts.Quantity!.Value), day.Sum(r => r.Amounts.Billed!.Value));
            if (usd < LeastUsd)
                continue;
            if (stretches.Count > 0 && stretches[^1] is var last && IsSame(last.Unit, usd / quantity))
                stretches[^1] = last with { Last = day.Key, Quantity = last.Quantity + quantity, Usd = last.Usd + usd, Days = last.Days + 1 };
            else
                stretches.Add(new Stretch(day.Key, day.Key, quantity, usd, 1));
        }
        return stretches;
    }

    private static bool IsSameUntil(PriceBook book, Key key, Stretch stretch) => Find(book, key, stretch.Last) is { } row && IsSame(row.Usd / row.Per, stretch.Unit);

    private static PriceRow? Find(PriceBook book, Key key, DateOnly day) => book.Find(
        new PriceIdentity
        {
            Model = key.Model,
            Region = key.Region,
            Profile = key.IsGlobal ? "global" : null,
            Tier = key.Tier,
            Batch = key.IsBatch,
            LatencyOptimized = key.IsLatencyOptimized,
        },
        key.Kind, key.IsLongContext ? long.MaxValue : 0, SpendQuery.StartOf(day));

    private static bool IsSame(decimal one, decimal other) => Math.Abs(one - other) <= SamePrice * Math.Max(one, other);
}
