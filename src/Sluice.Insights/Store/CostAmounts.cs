namespace Sluice.Insights.Store;

/// <summary>
/// The period and the amounts of one row. An amount that the bill doesn't tell is null, which is not 0. Money is in the
/// currency of the row's facet.
/// </summary>
/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Quantity">In the unit of the bill, before <see cref="CostFacet.UnitFactor"/>.</param>
/// <param name="Billed">What the invoice says: FOCUS's BilledCost, CUR's unblended cost.</param>
/// <param name="Effective">With prepayments and discounts spread: EffectiveCost, CUR's net unblended cost.</param>
/// <param name="Contracted">At negotiated prices: ContractedCost.</param>
/// <param name="List">At public prices: ListCost, CUR's public on-demand cost.</param>
public readonly record struct CostAmounts(
    DateTimeOffset From, DateTimeOffset To, decimal? Quantity, decimal? Billed, decimal? Effective, decimal? Contracted, decimal? List)
{
    /// <summary>What is wrong with a period that ends before it begins; null for any other.</summary>
    internal string? Backwards => To >= From ? null : FormattableString.Invariant(
        $"the period ends at {To.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}, before it begins at {From.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}");
}

/// <summary>One row of the store: what it is for, when, and how much.</summary>
/// <param name="UnpricedLines">Lines of which neither the billed nor the effective amount is known.</param>
public sealed record CostRow(CostFacet Facet, CostAmounts Amounts, long Lines, long UnpricedLines)
{
    /// <summary>How many of the lines don't tell each amount; no sum holds anything of them.</summary>
    public (long Billed, long Effective, long List) Missing { get; init; }

    /// <summary>Of the lines, those that tell no effective cost, so that what was billed stands in for it.</summary>
    public long BilledStandsIn { get; init; }

    /// <summary><c>billed</c>, or <c>counted</c> where the source knows no money; the ledger's own figures are <c>metered</c>.</summary>
    public string Basis => Facet.Source.Basis();
}
