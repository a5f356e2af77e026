using System.Globalization;
using Sluice.Core;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Insights.Reconciling;

/// <summary>A price that a bill shows and the price book doesn't have: a dated row to be looked at, never one in force.</summary>
public sealed record LearnedPrice
{
    public required string Model { get; init; }

    public required string Region { get; init; }

    public required bool IsGlobal { get; init; }

    public required ServiceTier Tier { get; init; }

    public required bool IsBatch { get; init; }

    public required bool IsLatencyOptimized { get; init; }

    public required long AboveTokens { get; init; }

    public required UsageKind Kind { get; init; }

    /// <summary>Dollars for <see cref="Per"/>.</summary>
    public required decimal Usd { get; init; }

    /// <summary>1,000,000 for tokens, 1 for other units.</summary>
    public required long Per { get; init; }

    /// <summary>The first day on which the bill has it.</summary>
    public required DateOnly From { get; init; }

    /// <summary>The first day on which the bill has another one; null while it holds.</summary>
    public DateOnly? Until { get; init; }

    /// <summary>The last day of the bill that has it.</summary>
    public required DateOnly SeenUntil { get; init; }

    public required decimal Quantity { get; init; }

    public required decimal BilledUsd { get; init; }

    public required int Days { get; init; }

    public required string UsageType { get; init; }

    public required string Account { get; init; }

    /// <summary>What the book has on that day; null where it has nothing.</summary>
    public PriceRow? Book { get; init; }

    /// <summary>The book's price for <see cref="Per"/>.</summary>
    public decimal? BookUsd => Book is { } row ? row.Usd * Per / row.Per : null;

    /// <summary>The columns of a file of own prices (docs/prices.md).</summary>
    public static IReadOnlyList<string> Columns { get; } =
        ["model", "region", "profile", "tier", "batch", "latency_optimized", "above_tokens", "kind", "usd", "per", "from", "until", "source", "source_date", "note"];

    /// <summary>The values of <see cref="Columns"/>.</summary>
    public IReadOnlyList<string> Fields =>
    [
        Model, Region, IsGlobal ? "global" : "bare geo", Tier == ServiceTier.Default ? "" : Tier.Name(), IsBatch ? "yes" : "", IsLatencyOptimized ? "yes" : "",
        AboveTokens > 0 ? AboveTokens.ToString(CultureInfo.InvariantCulture) : "", Kind.Name(), Usd.ToString("0.############", CultureInfo.InvariantCulture), Per.ToString(CultureInfo.InvariantCulture),
        Day(From), Until is { } until ? Day(until) : "", "bill", Day(SeenUntil), Note,
    ];

    private string Note => string.Create(
        CultureInfo.InvariantCulture,
        $"learned from the bill of account {Account}: {UsageType} on {Counted.Of(Days, "day")}, {Quantity:0.###} for {BilledUsd:0.##########} dollars; "
        + $"the book has {(BookUsd is { } usd ? $"{usd:0.############} ({Book!.Id})" : "no price")}");

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
