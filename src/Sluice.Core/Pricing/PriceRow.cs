using Sluice.Core.Metering;

namespace Sluice.Core.Pricing;

/// <summary>One price of the book, as it stands in the price file: what it is for, how much, when it holds and who says so.</summary>
public sealed record PriceRow
{
    /// <summary>
    /// Where the row stands, such as <c>prices.csv:120</c>; every figure can be traced to this. A price that was computed
    /// from two lines names both: <c>prices.csv:120 x tiers.csv:8</c>.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>A base model id, a pattern that ends in <c>*</c>, or <c>*</c> for charges that are the same whatever the model.</summary>
    public required string Model { get; init; }

    /// <summary>
    /// A region, a pattern that ends in <c>*</c> (<c>us-*</c>), or <c>*</c>. A pattern means commercial regions only, unless
    /// it begins with another partition's prefix (<c>us-gov-*</c>). The most specific row wins.
    /// </summary>
    public required string Region { get; init; }

    /// <summary>The profile prefix that the price is for (<c>us</c>, <c>global</c>), <c>geo</c> for any geographic one, or null for a bare id.</summary>
    public string? Profile { get; init; }

    public ServiceTier Tier { get; init; }

    public bool Batch { get; init; }

    public bool LatencyOptimized { get; init; }

    /// <summary>The context band: the price holds for calls with more input tokens than this. 0 is the lowest band.</summary>
    public long AboveTokens { get; init; }

    public required UsageKind Kind { get; init; }

    /// <summary>Dollars for <see cref="Per"/> units.</summary>
    public required decimal Usd { get; init; }

    /// <summary>The number of units that <see cref="Usd"/> buys: 1,000,000 for tokens.</summary>
    public required long Per { get; init; }

    /// <summary>First day (UTC) on which the price holds.</summary>
    public required DateOnly From { get; init; }

    /// <summary>First day (UTC) on which it no longer holds, or null while it still does.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>Who says so: a short name that docs/prices.md explains.</summary>
    public required string Source { get; init; }

    /// <summary>The day on which the source said so; of two sources, the older.</summary>
    public required DateOnly SourceDate { get; init; }

    public string? Note { get; init; }

    /// <summary>Dollars for a million units.</summary>
    public decimal UsdPerMillion => Usd * 1_000_000 / Per;

    /// <summary>What a quantity of this row's kind costs; exact up to the twelve decimals of <see cref="Money"/>.</summary>
    public Money AmountOf(decimal quantity) => Money.FromUsd(quantity * Usd / Per);

    internal bool HoldsOn(DateOnly day) => From <= day && (Until is not { } until || day < until);

    /// <summary>A charge of the account, such as a guardrail's, which neither model nor tier changes.</summary>
    internal bool IsAccountWide => Model == "*" && !Kind.IsToken();
}
