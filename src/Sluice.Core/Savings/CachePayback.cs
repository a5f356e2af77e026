namespace Sluice.Core.Savings;

/// <summary>
/// When a prompt-cache write pays for itself. Multipliers are of the model's input price: a read costs 0.1 and a
/// five-minute write 1.25 for most Claude models, but both are the model's own, so they are never constants here.
/// </summary>
public readonly record struct CachePayback(decimal ReadMultiplier, decimal WriteMultiplier)
{
    /// <summary>
    /// The fewest requests within one lifetime, the writing one included, that cost less together than without a cache;
    /// null where no number does.
    /// </summary>
    public int? RequestsToPayBack
    {
        get
        {
            if (ReadMultiplier >= 1)
                return WriteMultiplier < 1 ? 1 : null;
            // write + (n - 1) * read < n  <=>  n > (write - read) / (1 - read)
            var crossover = (WriteMultiplier - ReadMultiplier) / (1 - ReadMultiplier);
            return Math.Max(1, (int)decimal.Floor(crossover) + 1);
        }
    }

    /// <summary>The reads per write below which caching costs more than it saves; 0 where a write has no surcharge, null where reads don't save.</summary>
    public decimal? BreakEvenReadsPerWrite => ReadMultiplier >= 1 ? null : Math.Max(0, WriteMultiplier - 1) / (1 - ReadMultiplier);

    /// <summary>What <paramref name="requests"/> requests with one write cost, as a fraction of their cost without a cache.</summary>
    public decimal CostFraction(int requests) => (WriteMultiplier + (ReadMultiplier * (requests - 1))) / requests;

    /// <summary>What a prefix costs when <paramref name="writes"/> requests write it to the cache and <paramref name="reads"/> read it from there.</summary>
    /// <param name="prefixTokens">Length of the prefix in tokens.</param>
    /// <param name="writes">Requests that find it absent or expired.</param>
    /// <param name="reads">Requests that find it.</param>
    /// <param name="inputUsdPerMillion">The model's price of uncached input, in dollars for a million tokens.</param>
    public Money PrefixCost(long prefixTokens, long writes, long reads, decimal inputUsdPerMillion) =>
        Money.FromUsd(prefixTokens * ((writes * WriteMultiplier) + (reads * ReadMultiplier)) * inputUsdPerMillion / 1_000_000);

    /// <summary>The share of cached tokens among all input tokens, from 0 to 1; 0 where there are none.</summary>
    public static decimal CachedShare(long cachedTokens, long uncachedTokens) =>
        cachedTokens + uncachedTokens == 0 ? 0 : (decimal)cachedTokens / (cachedTokens + uncachedTokens);
}
