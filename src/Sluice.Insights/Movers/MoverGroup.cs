using Sluice.Core.Metering;

namespace Sluice.Insights.Movers;

/// <summary>What a group of calls used of one kind in a period, and what that cost.</summary>
/// <param name="Units">Tokens, or units of another kind.</param>
/// <param name="CostUsd">What was paid for them.</param>
public readonly record struct KindUse(decimal Units, decimal CostUsd);

/// <summary>A group of calls in one period.</summary>
public sealed record MoverPeriod
{
    public static MoverPeriod Empty { get; } = new();

    /// <summary>Calls whose cost is known, those that cost nothing included.</summary>
    public long Calls { get; init; }

    /// <summary>Calls whose cost is not known; they are in none of the other figures.</summary>
    public long UnpricedCalls { get; init; }

    /// <summary>What the calls used. A kind without units has a cost of its own, such as a fee.</summary>
    public IReadOnlyDictionary<UsageKind, KindUse> Kinds { get; init; } = new Dictionary<UsageKind, KindUse>();

    /// <summary>What levers saved: the calls would have cost so much more without them.</summary>
    public decimal SavedUsd { get; init; }

    public decimal CostUsd => Kinds.Values.Sum(k => k.CostUsd);
}

/// <summary>A group of calls, such as those of a model or a team, in two periods.</summary>
/// <param name="Before">Empty for a group that is new.</param>
/// <param name="After">Empty for a group that has vanished.</param>
public sealed record MoverGroup(string Name, MoverPeriod Before, MoverPeriod After);
