using System.Collections.Immutable;
using Sluice.Core.Metering;

namespace Sluice.Core.Pricing;

/// <summary>The money of one kind within a cost, and the row of the price book that it was computed from.</summary>
public sealed record CostLine(UsageKind Kind, decimal Quantity, Money Amount, PriceRow Row);

/// <summary>
/// The computed money of a usage. A usage with any count that has no price is <b>unpriced</b>: its total is null, which is
/// not zero, and <see cref="Unpriced"/> names the kinds that lack a price.
/// </summary>
public sealed record Cost
{
    /// <summary>The cost of nothing.</summary>
    public static Cost Zero { get; } = new() { Total = Money.Zero };

    /// <summary>The sum of the lines, or null where any count is unpriced.</summary>
    public required Money? Total { get; init; }

    /// <summary>One line for each kind that was counted and has a price, in the order of <see cref="UsageKind"/>.</summary>
    public ImmutableArray<CostLine> Lines { get; init; } = [];

    /// <summary>The kinds that were counted and have no price; empty where the cost is known.</summary>
    public ImmutableArray<UsageKind> Unpriced { get; init; } = [];
}
