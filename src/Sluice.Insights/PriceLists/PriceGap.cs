using Sluice.Core.Pricing;

namespace Sluice.Insights.PriceLists;

/// <summary>In what the price book falls short of a list or a bill.</summary>
public enum PriceGapKind
{
    /// <summary>It doesn't know the model.</summary>
    NoModel,

    /// <summary>Sluice has no kind for what is charged.</summary>
    NoKind,

    /// <summary>It knows the model and has no such price.</summary>
    NoPrice,

    /// <summary>It has another price.</summary>
    Differs,
}

/// <summary>A price that a list or a bill has and the price book doesn't.</summary>
/// <param name="Source">The file's name, or <c>bill</c>.</param>
/// <param name="Book">What the book has instead; null where it has nothing.</param>
public sealed record PriceGap(string Source, StatedPrice Stated, PriceGapKind Kind, PriceRow? Book)
{
    /// <summary>What the book has for one unit.</summary>
    public decimal? BookUsdPerUnit => Book is { } row ? row.Usd / row.Per : null;

    /// <summary>The gaps between a list and the book, in the list's order.</summary>
    public static IEnumerable<PriceGap> Find(string source, IEnumerable<StatedPrice> stated, PriceBook book, DateTimeOffset at)
    {
        foreach (var price in stated)
        {
            var row = price.Kind is { } kind ? book.Find(price.Identity, kind, price.ContextTokens, at) : null;
            var gap = new PriceGap(source, price, KindOf(price, row, book), row);
            if (gap.Kind != PriceGapKind.Differs || Math.Abs(gap.BookUsdPerUnit!.Value - price.UsdPerUnit) > price.Tolerance)
                yield return gap;
        }
    }

    private static PriceGapKind KindOf(StatedPrice price, PriceRow? row, PriceBook book) =>
        row is not null ? PriceGapKind.Differs
        : book.Models.Find(price.Identity.Model) is not { Exists: true } ? PriceGapKind.NoModel
        : price.Kind is null ? PriceGapKind.NoKind
        : PriceGapKind.NoPrice;
}
