using System.Text.Json;
using Sluice.Simulator.Replies;

namespace Sluice.Simulator.Dialects;

/// <summary>Bedrock's own fields, which it puts beside the vendor's into what InvokeModel answers.</summary>
internal static class BedrockFields
{
    /// <summary>Into a plain reply: what the guardrail did, where one was asked for.</summary>
    public static void WriteReply(Utf8JsonWriter json, Reply reply)
    {
        if (reply.Guardrail is not { } guardrail)
            return;
        json.WriteString("amazon-bedrock-guardrailAction"u8, guardrail.Intervened ? "INTERVENED"u8 : "NONE"u8);
        if (!guardrail.Shown)
            return;
        json.WriteStartObject("amazon-bedrock-trace"u8);
        json.WritePropertyName("guardrail"u8);
        guardrail.Write(json);
        json.WriteEndObject();
    }

    /// <summary>Into a stream's last chunk: the guardrail, and the counts and times of the whole call.</summary>
    public static void WriteLastChunk(Utf8JsonWriter json, Reply reply)
    {
        if (!reply.ReportsMetrics)
            return;
        WriteReply(json, reply);
        json.WriteStartObject("amazon-bedrock-invocationMetrics"u8);
        json.WriteNumber("inputTokenCount"u8, reply.Usage.Input);
        json.WriteNumber("outputTokenCount"u8, reply.Usage.Output);
        json.WriteNumber("invocationLatency"u8, reply.LatencyMs);
        json.WriteNumber("firstByteLatency"u8, reply.FirstByteMs);
        json.WriteNumber("cacheReadInputTokenCount"u8, reply.Usage.CacheRead);
        json.WriteNumber("cacheWriteInputTokenCount"u8, reply.Usage.CacheWrite5m + reply.Usage.CacheWrite1h);
        json.WriteEndObject();
    }
}
