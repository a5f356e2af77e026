using System.Globalization;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Caching;

/// <summary>One row of cache-rules.csv: how a model caches prompts from a day on.</summary>
internal sealed record CacheRule(string Model, DateOnly From, int MinTokens, TimeSpan Short, bool TakesHour, bool TakesTools, int Lookback)
{
    public const int MaxCheckpoints = 4;

    private static readonly List<CacheRule> All = DataTable.Read("cache-rules.csv", row => new CacheRule(
        row.Text("model"), DateOnly.ParseExact(row.Text("from"), "yyyy-MM-dd", CultureInfo.InvariantCulture), row.Int("min_tokens"),
        TimeSpan.FromMinutes(row.Int("short_minutes")), row.Yes("hour"), row.Yes("tools"), row.Int("lookback")));

    /// <summary>The rule on that day, or null where the model caches nothing.</summary>
    public static CacheRule? For(string model, DateTimeOffset at)
    {
        var day = DateOnly.FromDateTime(at.UtcDateTime);
        foreach (var rule in All)
        {
            if (DataTable.Fits(rule.Model, model) && rule.From <= day)
                return rule;
        }
        return null;
    }

    public TimeSpan Lifetime(CacheLifetime lifetime) => lifetime == CacheLifetime.Hour ? TimeSpan.FromHours(1) : Short;

    /// <exception cref="Refusal">The prompt's checkpoints break a rule; so AWS turns the call down.</exception>
    public static void Check(CacheRule? rule, Prompt prompt)
    {
        if (prompt.Checkpoints == 0)
            return;
        if (rule is null)
            throw new Refusal("AccessDeniedException", "You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.");
        if (prompt.Checkpoints > MaxCheckpoints)
            throw Refusal.Validation($"A maximum of {MaxCheckpoints} blocks with cache_control may be provided. Found {prompt.Checkpoints}.");

        var shortSeen = false;
        foreach (var segment in prompt.Segments)
        {
            if (segment.Checkpoint is not { } lifetime)
                continue;
            if (segment.Section == Section.Tools && !rule.TakesTools)
                throw Refusal.Validation("Malformed input request: #/toolConfig/tools: extraneous key [cachePoint] is not permitted, please reformat your input and try again.");
            if (lifetime == CacheLifetime.Hour && !rule.TakesHour)
                throw Refusal.Validation("The model does not support a cache ttl of '1h'. Use '5m' and try again.");
            if (lifetime == CacheLifetime.Hour && shortSeen)
                throw Refusal.Validation("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: `tools`, `system`, `messages`.");
            shortSeen |= lifetime == CacheLifetime.Short;
        }
    }
}
