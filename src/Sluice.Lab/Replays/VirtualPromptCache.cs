using Sluice.Core.Metering;
using Sluice.Gateway.Levers.Marking;

namespace Sluice.Lab.Replays;

/// <summary>
/// What Bedrock's prompt cache does with a sequence of requests of one partition, as AWS's user guide of 2026 documents it:
/// each point leaves an entry for its prefix; the longest entry that lies at a point or within its lookback is read; all from
/// there to the last point is written; an entry lives from its last use; only time removes one. Not thread-safe.
/// </summary>
public sealed class VirtualPromptCache(CacheRules rules)
{
    private readonly Dictionary<ulong, Entry> _entries = [];
    private int _countAfterSweep;

    /// <summary>Sends one request through the cache; times must not go back.</summary>
    /// <returns>How AWS would bill it. Sums up to the prompt's tokens and <paramref name="outputTokens"/>.</returns>
    /// <exception cref="ArgumentException">AWS would turn the request down: too many points, or an order or a lifetime that it rejects.</exception>
    public Usage Send(ReadOnlySpan<PromptSpan> prompt, ReadOnlySpan<CachePoint> points, DateTimeOffset now, int outputTokens = 0)
    {
        Check(prompt, points);
        var total = prompt.IsEmpty ? 0 : prompt[^1].CumulativeTokens;
        var hit = FindHit(prompt, points, now);
        long read = hit < 0 ? 0 : prompt[hit].CumulativeTokens, hourEnd = read, shortEnd = read;
        if (hit >= 0)
            Refresh(prompt, rules.ReadableAtEveryBlock ? 0 : hit, hit, CacheLifetime.Short, now);

        var from = hit + 1;
        foreach (var (block, lifetime) in points)
        {
            var tokens = prompt[block].CumulativeTokens;
            if (tokens < rules.MinimumTokens)
                continue;
            Refresh(prompt, rules.ReadableAtEveryBlock ? Math.Min(from, block) : block, block, lifetime, now);
            if (block <= hit)
                continue;
            from = block + 1;
            if (lifetime == CacheLifetime.Hour)
                hourEnd = tokens;
            shortEnd = tokens;
        }
        Sweep(now);
        return new Usage
        {
            CacheRead = read,
            CacheWrite1h = hourEnd - read,
            CacheWrite5m = shortEnd - hourEnd,
            Input = total - shortEnd,
            Output = outputTokens,
            Source = UsageSource.Estimated,
        };
    }

    /// <summary>The last block at which a point would read what is cached now, or -1.</summary>
    public int Readable(ReadOnlySpan<PromptSpan> prompt, DateTimeOffset now)
    {
        for (var i = prompt.Length - 1; i >= 0 && prompt[i].CumulativeTokens >= rules.MinimumTokens; i--)
        {
            if (prompt[i].PointAllowedAfter && IsWarm(prompt[i].Hash, now))
                return i;
        }
        return -1;
    }

    private void Check(ReadOnlySpan<PromptSpan> prompt, ReadOnlySpan<CachePoint> points)
    {
        if (points.Length > rules.MaximumPoints)
            throw new ArgumentException($"{points.Length} cache points; AWS takes {rules.MaximumPoints}.", nameof(points));
        for (var i = 0; i < points.Length; i++)
        {
            var (block, lifetime) = points[i];
            if (block < 0 || block >= prompt.Length || (i > 0 && block <= points[i - 1].Block))
                throw new ArgumentException($"Cache point {i} is after block {block}; points come in the order of a prompt of {prompt.Length} blocks.", nameof(points));
            if (!prompt[block].PointAllowedAfter)
                throw new ArgumentException($"Cache point {i} is after block {block}, which can't carry one.", nameof(points));
            if (lifetime == CacheLifetime.Hour && rules.HourWriteMultiplier is null)
                throw new ArgumentException($"Cache point {i} asks for one hour, which the model does not have.", nameof(points));
            if (i > 0 && lifetime > points[i - 1].Lifetime)
                throw new ArgumentException($"Cache point {i} lives longer than the one before it; AWS wants the longer ones first.", nameof(points));
        }
    }

    private int FindHit(ReadOnlySpan<PromptSpan> prompt, ReadOnlySpan<CachePoint> points, DateTimeOffset now)
    {
        for (var p = points.Length - 1; p >= 0; p--)
        {
            for (var i = points[p].Block; i >= 0 && points[p].Block - i <= rules.Lookback && prompt[i].CumulativeTokens >= rules.MinimumTokens; i--)
            {
                if (IsWarm(prompt[i].Hash, now))
                    return i;
            }
        }
        return -1;
    }

    private bool IsWarm(ulong hash, DateTimeOffset now) => _entries.TryGetValue(hash, out var entry) && entry.ExpiresAt >= now;

    /// <summary>What is there keeps the lifetime that it was paid for; what is not gets that of its point.</summary>
    private void Refresh(ReadOnlySpan<PromptSpan> prompt, int from, int to, CacheLifetime lifetime, DateTimeOffset now)
    {
        for (var i = from; i <= to; i++)
        {
            var kept = _entries.TryGetValue(prompt[i].Hash, out var entry) && entry.ExpiresAt >= now ? entry.Lifetime : lifetime;
            _entries[prompt[i].Hash] = new Entry(kept, now + rules.LifetimeOf(kept));
        }
    }

    /// <summary>Drops what has expired whenever the entries have doubled.</summary>
    private void Sweep(DateTimeOffset now)
    {
        if (_entries.Count < Math.Max(1024, 2 * _countAfterSweep))
            return;
        foreach (var (hash, entry) in _entries)
        {
            if (entry.ExpiresAt < now)
                _entries.Remove(hash);
        }
        _countAfterSweep = _entries.Count;
    }

    private readonly record struct Entry(CacheLifetime Lifetime, DateTimeOffset ExpiresAt);
}
