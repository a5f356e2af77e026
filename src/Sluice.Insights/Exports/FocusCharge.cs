using Sluice.Core.Metering;

namespace Sluice.Insights.Exports;

/// <summary>A charge on its way into a FOCUS file. Its four costs are known; what isn't is named in <see cref="Assumed"/>.</summary>
public sealed record FocusCharge
{
    /// <summary><c>metered</c> or <c>billed</c>.</summary>
    public required string Basis { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public required string BillingAccount { get; init; }

    /// <summary>A key of the gateway, or an account of the bill; empty for none.</summary>
    public required string SubAccount { get; init; }

    public required string Currency { get; init; }

    /// <summary>FOCUS's charge category.</summary>
    public required string Category { get; init; }

    public required decimal Billed { get; init; }

    public required decimal Effective { get; init; }

    public required decimal Contracted { get; init; }

    public required decimal List { get; init; }

    /// <summary>The cost columns that the bill lacks and that stand at BilledCost, as FOCUS allows no null there.</summary>
    public string Assumed { get; init; } = "";

    public UsageKind? Kind { get; init; }

    public decimal? Quantity { get; init; }

    /// <summary>What <see cref="Quantity"/> counts where it is no tokens.</summary>
    public string Unit { get; init; } = "";

    public required string Provider { get; init; }

    public string Developer { get; init; } = "";

    public string Service { get; init; } = "";

    public string Model { get; init; } = "";

    public string Family { get; init; } = "";

    public string Region { get; init; } = "";

    public string Scope { get; init; } = "";

    /// <summary>The tier, or <c>batch</c>.</summary>
    public string Tier { get; init; } = "";

    public string UsageType { get; init; } = "";

    public string Principal { get; init; } = "";

    /// <summary>A JSON object.</summary>
    public string Tags { get; init; } = "{}";

    /// <summary>Of the charge's money, that of calls whose counts were estimated; null where the basis doesn't tell.</summary>
    public decimal? Estimated { get; init; }

    /// <summary>Calls or lines whose quantity is in the row and whose cost is not known and in none of its costs.</summary>
    public long Unpriced { get; init; }
}

/// <summary>What a FOCUS file can't hold: quantities without a known cost, or money without a currency.</summary>
/// <param name="Day">The day or hour on which it begins.</param>
/// <param name="What">The model and kind, or the service.</param>
/// <param name="Quantity">Tokens or units.</param>
/// <param name="Reason">Why it is left out.</param>
public sealed record LeftOut(DateTimeOffset Day, string What, decimal Quantity, string Reason);
