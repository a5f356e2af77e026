using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Insights.PriceLists;

/// <summary>A price as a list that isn't the price book states it.</summary>
public sealed record StatedPrice
{
    /// <summary>The list's own name for what it prices.</summary>
    public required string Id { get; init; }

    public required PriceIdentity Identity { get; init; }

    /// <summary>Null where Sluice has no kind for what is charged; <see cref="KindName"/> then has the list's word.</summary>
    public UsageKind? Kind { get; init; }

    public required string KindName { get; init; }

    /// <summary>A context that falls into the price's band.</summary>
    public long ContextTokens { get; init; }

    public required decimal UsdPerUnit { get; init; }

    /// <summary>How much the list's own rounding may have changed it.</summary>
    public decimal Tolerance { get; init; }
}
