using System.Collections.Immutable;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Gateway.Levers.Marking;
using CachePoint = Sluice.Gateway.Levers.Marking.CachePoint;

namespace Sluice.Lab.Replays.Playing;

/// <summary>The prompt caches of all models, places and accounts that a recording called, as AWS documents them.</summary>
internal sealed class PromptCaches
{
    private readonly Dictionary<(string Model, string Region, string? Profile), VirtualPromptCache?> _caches = [];

    /// <summary>Sends a request through the cache of its model and place.</summary>
    /// <param name="identity">Model, region and profile.</param>
    /// <param name="outline">Of the body as it leaves.</param>
    /// <param name="body">The body as it leaves.</param>
    /// <param name="inputTokens">What its prompt has; the blocks share it by their bytes.</param>
    /// <param name="outputTokens">Passed through.</param>
    /// <param name="at">When it leaves.</param>
    /// <returns>Null where the model caches nothing, or the prompt's parts can't be told.</returns>
    public Usage? Send(in PriceIdentity identity, PromptOutline outline, ReadOnlySpan<byte> body, long inputTokens, long outputTokens, DateTimeOffset at)
    {
        if (CacheOf(identity, at) is not { } cache || Spans(outline, body, inputTokens) is not { } prompt)
            return null;
        try
        {
            return cache.Send(prompt.Spans, prompt.Points, at, (int)Math.Min(outputTokens, int.MaxValue)) with { Source = UsageSource.Measured };
        }
        catch (ArgumentException)
        {
            // Points that AWS would turn down. The recording says that it took them, so it is the rule that is wrong.
            return null;
        }
    }

    private VirtualPromptCache? CacheOf(in PriceIdentity identity, DateTimeOffset at)
    {
        var key = (identity.Model, identity.Region, identity.Profile);
        if (_caches.TryGetValue(key, out var cache))
            return cache;
        if (CachingRules.Find(identity.Model, at) is { } rule)
        {
            // What caching costs is for the price book to say; the cache itself only has to know what it may do.
            cache = new VirtualPromptCache(new CacheRules
            {
                MinimumTokens = (int)rule.MinimumTokens,
                ReadMultiplier = 0,
                ShortWriteMultiplier = 1,
                HourWriteMultiplier = rule.HasHour ? 1 : null,
                Lookback = (int)rule.Lookback,
            });
        }
        return _caches[key] = cache;
    }

    private static (PromptSpan[] Spans, CachePoint[] Points)? Spans(PromptOutline outline, ReadOnlySpan<byte> body, long inputTokens)
    {
        var hashes = new PrefixHash[outline.Blocks.Length];
        if (hashes.Length == 0 || !PrefixHashes.TryCompute(outline, body, [], PrefixForm.AsSent, hashes) || hashes[^1].Tokens == 0)
            return null;
        var spans = ImmutableArray.CreateBuilder<PromptSpan>(hashes.Length);
        var points = new List<CachePoint>();
        for (var i = 0; i < hashes.Length; i++)
        {
            var block = outline.Blocks[i];
            if (block.Kind == BlockKind.CachePoint)
                continue;
            spans.Add(new PromptSpan(hashes[i].Hash, (int)(hashes[i].Tokens * (decimal)inputTokens / hashes[^1].Tokens)));
            if (block.OwnPoints != Bedrock.Requests.CacheLifetimes.None)
                points.Add(new CachePoint(spans.Count - 1, block.OwnPoints.HasFlag(Bedrock.Requests.CacheLifetimes.OneHour) ? CacheLifetime.Hour : CacheLifetime.Short));
        }
        return (spans.ToArray(), [.. points]);
    }
}
