using System.Text.Json;
using Sluice.Simulator.Caching;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;

namespace Sluice.Simulator.Dialects.Converse;

/// <summary>The fields that a Converse reply and the end of its stream have in common.</summary>
internal static class ConverseParts
{
    public static ReadOnlySpan<byte> StopName(StopReason stop) => stop switch
    {
        StopReason.MaxTokens => "max_tokens"u8,
        StopReason.StopSequence => "stop_sequence"u8,
        StopReason.ToolUse => "tool_use"u8,
        StopReason.GuardrailIntervened => "guardrail_intervened"u8,
        _ => "end_turn"u8,
    };

    public static void WriteMetrics(Utf8JsonWriter json, Reply reply)
    {
        json.WriteStartObject("metrics"u8);
        json.WriteNumber("latencyMs"u8, reply.LatencyMs);
        json.WriteEndObject();
    }

    /// <summary>
    /// Input excludes what was cached. Models that cache report cache counts even as 0, and Bedrock sends each under a
    /// second name that its own model doesn't have (seen in raw replies in public code).
    /// </summary>
    public static void WriteUsage(Utf8JsonWriter json, Reply reply)
    {
        var usage = reply.Usage;
        var write = usage.CacheWrite5m + usage.CacheWrite1h;
        json.WriteStartObject("usage"u8);
        if (write > 0)
        {
            json.WriteStartArray("cacheDetails"u8);
            WriteDetail(json, usage.CacheWrite1h, "1h"u8);
            WriteDetail(json, usage.CacheWrite5m, "5m"u8);
            json.WriteEndArray();
        }
        if (CacheRule.For(reply.Model.Id, reply.Time) is not null)
        {
            json.WriteNumber("cacheReadInputTokenCount"u8, usage.CacheRead);
            json.WriteNumber("cacheReadInputTokens"u8, usage.CacheRead);
            json.WriteNumber("cacheWriteInputTokenCount"u8, write);
            json.WriteNumber("cacheWriteInputTokens"u8, write);
        }
        // A gross input counts what was cached a second time, and so does the total (seen in public reports of 2026).
        var input = reply.GrossInput ? usage.ContextTokens : usage.Input;
        json.WriteNumber("inputTokens"u8, input);
        json.WriteNumber("outputTokens"u8, usage.Output);
        json.WriteNumber("totalTokens"u8, input + usage.CacheRead + write + usage.Output);
        json.WriteEndObject();
    }

    public static void WriteLatency(Utf8JsonWriter json, Reply reply)
    {
        if (reply.Latency is null)
            return;
        json.WriteStartObject("performanceConfig"u8);
        json.WriteString("latency"u8, reply.Latency);
        json.WriteEndObject();
    }

    public static void WriteTier(Utf8JsonWriter json, Reply reply)
    {
        if (reply.Tier is null)
            return;
        json.WriteStartObject("serviceTier"u8);
        json.WriteString("type"u8, reply.Tier);
        json.WriteEndObject();
    }

    public static void WriteTrace(Utf8JsonWriter json, Reply reply)
    {
        var guardrail = reply.Guardrail is { Shown: true } shown ? shown : null;
        if (guardrail is null && reply.RoutedArn is null)
            return;
        json.WriteStartObject("trace"u8);
        if (guardrail is not null)
        {
            json.WritePropertyName("guardrail"u8);
            guardrail.Write(json);
        }
        if (reply.RoutedArn is not null)
        {
            json.WriteStartObject("promptRouter"u8);
            json.WriteString("invokedModelId"u8, reply.RoutedArn);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    /// <summary>Of the model's own fields that a caller may ask for, only the stop sequence has one here.</summary>
    public static void WriteAdditionalFields(Utf8JsonWriter json, Reply reply)
    {
        if (!reply.Prompt.Body.Texts("additionalModelResponseFieldPaths"u8).Contains("/stop_sequence", StringComparer.Ordinal))
            return;
        json.WriteStartObject("additionalModelResponseFields"u8);
        json.WriteString("stop_sequence"u8, reply.StopSequence);
        json.WriteEndObject();
    }

    private static void WriteDetail(Utf8JsonWriter json, long tokens, ReadOnlySpan<byte> ttl)
    {
        if (tokens == 0)
            return;
        json.WriteStartObject();
        json.WriteNumber("inputTokens"u8, tokens);
        json.WriteString("ttl"u8, ttl);
        json.WriteEndObject();
    }
}
