using Sluice.Core.Savings;
using Sluice.Lab.Routers.Metrics;

namespace Sluice.Lab.Routers.Cascades;

/// <summary>What cascades to one strong model are worth, one for each cheaper model that may answer first.</summary>
public sealed record CascadeReport
{
    public required string DataDigest { get; init; }

    public required int Folds { get; init; }

    public required int Seed { get; init; }

    /// <summary>The cascades that were measured, the cheapest first model first.</summary>
    public required IReadOnlyList<MeasuredCascade> Cascades { get; init; }

    /// <summary>Single models, routers and cascades together; null where costs are not known.</summary>
    public required Frontier? Frontier { get; init; }
}

/// <summary>One cascade: the weak model answers, its answer is scored, and what is doubtful goes on to the strong one.</summary>
public sealed record MeasuredCascade
{
    public required int Lines { get; init; }

    public required ModelEndpoint Strong { get; init; }

    public required ModelEndpoint Weak { get; init; }

    public required double Oracle { get; init; }

    /// <summary>The cascade, the router that decides before the call, and the baselines, on the same folds.</summary>
    public required IReadOnlyList<RankedPolicy> Policies { get; init; }

    /// <summary>Asked and delivered escalation, with thresholds from the training folds.</summary>
    public required IReadOnlyList<EscalationHeld> Escalations { get; init; }

    /// <summary>What the cascade costs at CPT50 and at CPT80.</summary>
    public required IReadOnlyList<BreakEven> BreakEvens { get; init; }

    /// <summary>The weak model's cost as a fraction of the strong one's; null where costs are not known.</summary>
    public required double? PriceRatio { get; init; }
}

/// <param name="Asked">The share of answers that were to go on.</param>
/// <param name="Delivered">The share that did.</param>
/// <param name="Score">The mean score.</param>
/// <param name="CostUsd">Mean dollars a call with both attempts where there were two; null where costs are not known.</param>
public sealed record EscalationHeld(double Asked, double Delivered, double Score, double? CostUsd);

/// <summary>Where a cascade stops to pay. All ratios are the weak model's price as a fraction of the strong one's.</summary>
/// <param name="Gap">The part of the gap between the models that is recovered.</param>
/// <param name="EscalationRate">What the cascade escalates for that.</param>
/// <param name="RouterShare">What the router sends to the strong model for the same.</param>
public sealed record BreakEven(double Gap, double EscalationRate, double RouterShare)
{
    /// <summary>The cascade costs less than the strong model alone below this ratio, since every call pays the weak one.</summary>
    public double AgainstStrong => 1 - EscalationRate;

    /// <summary>The cascade costs less than the router below this ratio; 0 or less where it never does.</summary>
    public double AgainstRouter => (RouterShare - EscalationRate) / RouterShare;

    /// <summary>The cascade's cost as a fraction of the strong model's.</summary>
    public double CascadeCost(double priceRatio) => (double)new CascadeEconomy((decimal)priceRatio, (decimal)EscalationRate).CostFraction;

    /// <summary>The router's cost as a fraction of the strong model's.</summary>
    public double RouterCost(double priceRatio) => RouterShare + ((1 - RouterShare) * priceRatio);
}
