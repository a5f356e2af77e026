using System.Collections.Immutable;

namespace Sluice.Simulator;

/// <summary>One line of the bill: an hour, a usage type, a model and whoever is charged.</summary>
public sealed record BillRow
{
    public required DateTimeOffset Hour { get; init; }

    public required string AccountId { get; init; }

    public required string PrincipalArn { get; init; }

    public required string Region { get; init; }

    public required string ProductCode { get; init; }

    /// <summary>The product's name: <c>Amazon Bedrock</c>, or the item's on the Marketplace.</summary>
    public required string ServiceName { get; init; }

    public required bool IsMarketplace { get; init; }

    public required string UsageType { get; init; }

    public required string Operation { get; init; }

    /// <summary>In <see cref="PricingUnit"/>s.</summary>
    public required decimal Amount { get; init; }

    public required string PricingUnit { get; init; }

    /// <summary>Dollars for one <see cref="PricingUnit"/>, or null where the simulator knows no price.</summary>
    public required decimal? RateUsd { get; init; }

    /// <summary>Null where the simulator knows no price: that is not 0.</summary>
    public required decimal? CostUsd { get; init; }

    /// <summary>The base model; CUR doesn't have it, but a test wants to know.</summary>
    public required string? Model { get; init; }

    /// <summary>The ARN of the application inference profile, or null.</summary>
    public string? ResourceId { get; init; }

    public ImmutableSortedDictionary<string, string> ResourceTags { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
