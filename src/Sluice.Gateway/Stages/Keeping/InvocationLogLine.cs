using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Gateway.Stages.Keeping;

/// <summary>
/// A call as one line of a Bedrock model-invocation log (schema <c>ModelInvocationLog</c> 1.0), so that whatever reads AWS's
/// logs reads Sluice's. What AWS's log has no place for stands in an object <c>sluice</c> of its own.
/// </summary>
internal static class InvocationLogLine
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the line with its line feed.</summary>
    public static void Write(ArrayBufferWriter<byte> output, KeptCall call)
    {
        var record = call.Record;
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            json.WriteString("schemaType", "ModelInvocationLog");
            json.WriteString("schemaVersion", "1.0");
            json.WriteString("timestamp", record.StartedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", System.Globalization.CultureInfo.InvariantCulture));
            json.WriteString("region", record.Region);
            json.WriteString("requestId", record.InvocationId);
            json.WriteString("operation", record.Operation.Name());
            json.WriteString("modelId", record.RequestedModel);
            json.WriteStartObject("requestMetadata");
            foreach (var (name, value) in record.Tags)
                json.WriteString(name, value);
            json.WriteEndObject();
            if (record.Error is { } error)
                json.WriteString("errorCode", error);
            WriteInput(json, call);
            WriteOutput(json, call);
            WriteOwn(json, call);
            json.WriteEndObject();
        }
        output.Write("\n"u8);
    }

    private static void WriteInput(Utf8JsonWriter json, KeptCall call)
    {
        json.WriteStartObject("input");
        json.WriteString("inputContentType", "application/json");
        if (call.Request.Facts.WellFormed && !call.Request.Body.IsEmpty)
        {
            json.WritePropertyName("inputBodyJson");
            // A line feed between the tokens of a body would end the line; inside a string JSON knows it only escaped.
            var body = call.Request.Body.ToArray();
            body.AsSpan().Replace((byte)'\n', (byte)' ');
            body.AsSpan().Replace((byte)'\r', (byte)' ');
            json.WriteRawValue(body, skipInputValidation: true);
        }
        if (call.Told is { } told)
        {
            json.WriteNumber("inputTokenCount", told.Input);
            json.WriteNumber("cacheReadInputTokenCount", told.CacheRead);
            json.WriteNumber("cacheWriteInputTokenCount", told.CacheWrite5m + told.CacheWrite1h);
        }
        json.WriteEndObject();
    }

    private static void WriteOutput(Utf8JsonWriter json, KeptCall call)
    {
        json.WriteStartObject("output");
        if (call.ReplyContentType is { } type)
            json.WriteString("outputContentType", type);
        if (!call.Reply.IsEmpty)
            ReplyDocuments.Write(json, "outputBodyJson", call);
        if (call.Told is { } told)
            json.WriteNumber("outputTokenCount", told.Output);
        json.WriteEndObject();
    }

    private static void WriteOwn(Utf8JsonWriter json, KeptCall call)
    {
        var (record, facts) = (call.Record, call.Request.Facts);
        json.WriteStartObject("sluice");
        if (record.KeyId is { } key)
            json.WriteString("key_id", key);
        if (record.DurationMs is { } duration)
            json.WriteNumber("duration_ms", Math.Round(duration, 3));
        if (facts.Tier != ServiceTier.Default)
            json.WriteString("tier", facts.Tier.Name());
        if (facts.LatencyOptimized)
            json.WriteBoolean("latency_optimized", true);
        if (facts.HasGuardrail)
            json.WriteBoolean("guardrail", true);
        if (record.Cost is { } cost)
            json.WriteString("cost_usd", cost.ToString());
        if ((call.AsSent ?? call.Told) is { } usage)
            WriteUsage(json, usage);
        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, Usage usage)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("input", usage.Input);
        json.WriteNumber("cache_read", usage.CacheRead);
        json.WriteNumber("cache_write_5m", usage.CacheWrite5m);
        json.WriteNumber("cache_write_1h", usage.CacheWrite1h);
        json.WriteNumber("output", usage.Output);
        json.WriteEndObject();
    }
}
