using Sluice.Core.Metering;
using Sluice.Simulator.Prompts;

namespace Sluice.Simulator.Caching;

/// <summary>What one call reads from the cache and writes to it; the writes happen when its reply begins.</summary>
internal sealed record CachePlan(Usage Usage)
{
    /// <summary>The checkpoints to write or to refresh, each with its lifetime.</summary>
    public List<(UInt128 Prefix, TimeSpan Lifetime)> Entries { get; } = [];
}

/// <summary>
/// The prompt caches of all accounts, models and profiles. An entry is the hash of a whole prefix that ended at someone's
/// checkpoint; it lives for the lifetime asked for, from its last use on.
/// </summary>
internal sealed class PromptCache(int capacity, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, Entry> _entries = [];

    public int Count
    {
        get { lock (_gate) return _entries.Count; }
    }

    /// <summary>
    /// Splits the prompt's tokens into read, written and plain input. The longest cached prefix that a checkpoint reaches is
    /// read; all from there to the last checkpoint that is long enough is written, first what is to live an hour.
    /// </summary>
    /// <param name="prompt">Its checkpoints have been checked against the rule.</param>
    /// <param name="rule">The model's rule, or null where it caches nothing.</param>
    /// <param name="scope">Account, model and profile: caches are not shared beyond.</param>
    public CachePlan Plan(Prompt prompt, CacheRule? rule, string scope)
    {
        if (rule is null || prompt.Checkpoints == 0 || prompt.Tokens < rule.MinTokens)
            return new CachePlan(new Usage { Input = prompt.Tokens });

        var prefixes = PrefixHash.OfPrefixes(prompt, scope);
        var tokens = Cumulate(prompt);
        var hit = FindHit(prompt, rule, prefixes, tokens);

        long read = hit < 0 ? 0 : tokens[hit], hourEnd = read, shortEnd = read;
        var entries = new List<(UInt128, TimeSpan)>();
        if (hit >= 0)
            entries.Add((prefixes[hit], TimeSpan.Zero));
        for (var i = 0; i < prefixes.Length; i++)
        {
            if (prompt.Segments[i].Checkpoint is not { } lifetime || tokens[i] < rule.MinTokens || i == hit)
                continue;
            entries.Add((prefixes[i], rule.Lifetime(lifetime)));
            if (i < hit)
                continue;
            if (lifetime == CacheLifetime.Hour)
                hourEnd = tokens[i];
            shortEnd = tokens[i];
        }
        var plan = new CachePlan(new Usage
        {
            CacheRead = read,
            CacheWrite1h = hourEnd - read,
            CacheWrite5m = shortEnd - hourEnd,
            Input = prompt.Tokens - shortEnd,
        });
        plan.Entries.AddRange(entries);
        return plan;
    }

    /// <summary>Writes what was planned, and lets what was read live on: a hit starts its lifetime anew.</summary>
    public void Commit(CachePlan plan)
    {
        if (plan.Entries.Count == 0)
            return;
        var now = time.GetUtcNow();
        lock (_gate)
        {
            foreach (var (prefix, lifetime) in plan.Entries)
            {
                // What is there keeps the lifetime that it was paid for; a mere hit has none of its own.
                var kept = _entries.TryGetValue(prefix, out var known) && known.ExpiresAt > now ? known.Lifetime : lifetime;
                if (kept > TimeSpan.Zero)
                    _entries[prefix] = new Entry(kept, now + kept);
            }
            if (_entries.Count > capacity)
                Shrink(now);
        }
    }

    public void Clear()
    {
        lock (_gate)
            _entries.Clear();
    }

    /// <summary>The last segment whose prefix is cached and within reach of a checkpoint, or -1.</summary>
    private int FindHit(Prompt prompt, CacheRule rule, UInt128[] prefixes, long[] tokens)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            var below = prefixes.Length;
            for (var i = prefixes.Length - 1; i >= 0; i--)
            {
                if (prompt.Segments[i].Checkpoint is null)
                    continue;
                for (var j = Math.Min(i, below - 1); j >= Math.Max(0, i - rule.Lookback) && tokens[j] >= rule.MinTokens; j--)
                {
                    if (_entries.TryGetValue(prefixes[j], out var entry) && entry.ExpiresAt > now)
                        return j;
                    below = j;
                }
            }
        }
        return -1;
    }

    /// <summary>Drops what has expired and, where that isn't enough, the quarter that would expire first.</summary>
    private void Shrink(DateTimeOffset now)
    {
        foreach (var (prefix, entry) in _entries)
        {
            if (entry.ExpiresAt <= now)
                _entries.Remove(prefix);
        }
        if (_entries.Count <= capacity)
            return;
        foreach (var prefix in _entries.OrderBy(pair => pair.Value.ExpiresAt).Take(_entries.Count - (capacity * 3 / 4)).Select(pair => pair.Key).ToList())
            _entries.Remove(prefix);
    }

    private static long[] Cumulate(Prompt prompt)
    {
        var sums = new long[prompt.Segments.Count];
        var sum = 0L;
        for (var i = 0; i < sums.Length; i++)
            sums[i] = sum += prompt.Segments[i].Tokens;
        return sums;
    }

    private readonly record struct Entry(TimeSpan Lifetime, DateTimeOffset ExpiresAt);
}
