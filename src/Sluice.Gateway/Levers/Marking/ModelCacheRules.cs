using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Gateway.Levers.Marking;

/// <summary>How a model caches and what that costs, from the caching rules and the price book.</summary>
public static class ModelCacheRules
{
    /// <summary>Null where the book lacks a price that caching needs.</summary>
    /// <param name="caching">The model's.</param>
    /// <param name="prices">The prices.</param>
    /// <param name="identity">Where the call runs.</param>
    /// <param name="contextTokens">Decides the context band of the prices.</param>
    /// <param name="at">When it starts.</param>
    public static CacheRules? Of(CachingRule caching, PriceBook prices, PriceIdentity identity, long contextTokens, DateTimeOffset at)
    {
        var sheet = prices.Sheet(identity, at);
        if (Price(UsageKind.Input) is not { } input || input <= 0 || Price(UsageKind.CacheRead) is not { } read || Price(UsageKind.CacheWrite5m) is not { } write)
            return null;
        return new CacheRules
        {
            MinimumTokens = (int)caching.MinimumTokens,
            ReadMultiplier = (double)(read / input),
            ShortWriteMultiplier = (double)(write / input),
            HourWriteMultiplier = caching.HasHour && Price(UsageKind.CacheWrite1h) is { } hour ? (double)(hour / input) : null,
            Lookback = (int)caching.Lookback,
        };

        decimal? Price(UsageKind kind) => sheet.Find(kind, contextTokens)?.Usd;
    }
}
