using System.Text.Json.Nodes;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Lab.Replays.Playing;

/// <summary>Puts other counts into a recorded reply, at each place where its dialect says them.</summary>
internal static class ReplyEdits
{
    private const string Metrics = "amazon-bedrock-invocationMetrics";

    /// <summary>The dialects whose replies can be given other counts: those in which a lever can change them.</summary>
    public static bool Knows(Dialect dialect) => dialect is Dialect.Converse or Dialect.Nova or Dialect.Anthropic or Dialect.OpenAi;

    /// <param name="root">A reply, or the list of a stream's events.</param>
    /// <param name="dialect">Of the reply.</param>
    /// <param name="usage">Null leaves the counts.</param>
    /// <param name="isCut">The answer ends at a limit of tokens.</param>
    /// <param name="tier">Null leaves the tier.</param>
    public static void Apply(JsonNode root, Dialect dialect, Usage? usage, bool isCut, ServiceTier? tier)
    {
        if (root is JsonArray events)
        {
            foreach (var item in events.OfType<JsonObject>())
                ApplyTo(item, dialect, usage, isCut, tier);
        }
        else if (root is JsonObject one)
        {
            ApplyTo(one, dialect, usage, isCut, tier);
        }
    }

    private static void ApplyTo(JsonObject item, Dialect dialect, Usage? usage, bool isCut, ServiceTier? tier)
    {
        if (usage is not null && item[Metrics] is JsonObject metrics)
            WriteMetrics(metrics, usage);
        switch (dialect)
        {
            case Dialect.Converse or Dialect.Nova:
                foreach (var place in (ReadOnlySpan<JsonNode?>)[item, item["metadata"], item["messageStop"]])
                    ApplyToConverse(place as JsonObject, usage, isCut, tier);
                break;
            case Dialect.Anthropic:
                foreach (var place in (ReadOnlySpan<JsonNode?>)[item, item["message"], item["delta"]])
                    ApplyToAnthropic(place as JsonObject, usage, isCut);
                break;
            case Dialect.OpenAi:
                ApplyToOpenAi(item, usage, isCut);
                break;
        }
    }

    private static void ApplyToConverse(JsonObject? place, Usage? usage, bool isCut, ServiceTier? tier)
    {
        if (place is null)
            return;
        if (isCut && place["stopReason"] is not null)
            place["stopReason"] = "max_tokens";
        if (place["usage"] is not JsonObject)
            return;
        if (tier is { } moved)
            place["serviceTier"] = new JsonObject { ["type"] = moved.Name() };
        if (usage is null)
            return;
        var details = new JsonArray();
        if (usage.CacheWrite1h > 0)
            details.Add((JsonNode)new JsonObject { ["ttl"] = "1h", ["inputTokens"] = usage.CacheWrite1h });
        if (usage.CacheWrite5m > 0)
            details.Add((JsonNode)new JsonObject { ["ttl"] = "5m", ["inputTokens"] = usage.CacheWrite5m });
        place["usage"] = new JsonObject
        {
            ["inputTokens"] = usage.Input,
            ["outputTokens"] = usage.Output,
            ["totalTokens"] = usage.ContextTokens + usage.Output,
            ["cacheReadInputTokens"] = usage.CacheRead,
            ["cacheWriteInputTokens"] = usage.CacheWrite5m + usage.CacheWrite1h,
            ["cacheDetails"] = details,
        };
    }

    private static void ApplyToAnthropic(JsonObject? place, Usage? usage, bool isCut)
    {
        if (place is null)
            return;
        if (isCut && place["stop_reason"] is not null)
            place["stop_reason"] = "max_tokens";
        if (usage is null || place["usage"] is not JsonObject)
            return;
        place["usage"] = new JsonObject
        {
            ["input_tokens"] = usage.Input,
            ["output_tokens"] = usage.Output,
            ["cache_creation_input_tokens"] = usage.CacheWrite5m + usage.CacheWrite1h,
            ["cache_read_input_tokens"] = usage.CacheRead,
            ["cache_creation"] = new JsonObject { ["ephemeral_5m_input_tokens"] = usage.CacheWrite5m, ["ephemeral_1h_input_tokens"] = usage.CacheWrite1h },
        };
    }

    private static void ApplyToOpenAi(JsonObject item, Usage? usage, bool isCut)
    {
        if (isCut && item["choices"] is JsonArray choices)
        {
            foreach (var choice in choices.OfType<JsonObject>().Where(c => c["finish_reason"] is not null))
                choice["finish_reason"] = "length";
        }
        if (usage is null || item["usage"] is not JsonObject)
            return;
        item["usage"] = new JsonObject
        {
            ["prompt_tokens"] = usage.ContextTokens,
            ["completion_tokens"] = usage.Output,
            ["total_tokens"] = usage.ContextTokens + usage.Output,
            ["prompt_tokens_details"] = new JsonObject { ["cached_tokens"] = usage.CacheRead },
        };
    }

    private static void WriteMetrics(JsonObject metrics, Usage usage)
    {
        metrics["inputTokenCount"] = usage.Input;
        metrics["outputTokenCount"] = usage.Output;
        metrics["cacheReadInputTokenCount"] = usage.CacheRead;
        metrics["cacheWriteInputTokenCount"] = usage.CacheWrite5m + usage.CacheWrite1h;
    }
}
