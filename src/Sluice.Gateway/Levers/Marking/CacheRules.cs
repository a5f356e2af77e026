namespace Sluice.Gateway.Levers.Marking;

/// <summary>
/// How a model caches prompts and what that costs. Multipliers are of the model's price of uncached input; they are the
/// model's own and change with it, so nothing here has a default that could stand in for a price.
/// </summary>
public sealed record CacheRules
{
    /// <summary>Points that AWS lets any request carry; it turns one with more down.</summary>
    public const int PointsOfAws = 4;

    /// <summary>Fewest tokens of the cumulative prefix at a point; below, AWS caches nothing and says nothing.</summary>
    public required int MinimumTokens { get; init; }

    public required double ReadMultiplier { get; init; }

    public required double ShortWriteMultiplier { get; init; }

    /// <summary>Null where the model has no lifetime of one hour.</summary>
    public double? HourWriteMultiplier { get; init; }

    public TimeSpan ShortLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Points that this request may carry, at most <see cref="PointsOfAws"/>.</summary>
    public int MaximumPoints { get; init; } = PointsOfAws;

    /// <summary>Blocks before a point at which AWS looks for a cached prefix; 0 where it looks at the point alone.</summary>
    public int Lookback { get; init; } = 20;

    /// <summary>
    /// Whether a cached prefix can be read up to any block inside it. AWS documents reads at points only; published
    /// simulations of traces let every block be read, and comparing with them needs the same.
    /// </summary>
    public bool ReadableAtEveryBlock { get; init; }

    public TimeSpan LifetimeOf(CacheLifetime lifetime) => lifetime == CacheLifetime.Hour ? TimeSpan.FromHours(1) : ShortLifetime;

    /// <summary>What a token costs more when it is written than when it is sent uncached, as a fraction of the uncached price.</summary>
    public double PremiumOf(CacheLifetime lifetime) => (lifetime == CacheLifetime.Hour ? HourWriteMultiplier ?? double.PositiveInfinity : ShortWriteMultiplier) - 1;

    /// <summary>What a token costs less when it is read than when it is sent uncached.</summary>
    public double ReadSaving => 1 - ReadMultiplier;
}
