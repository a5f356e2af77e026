using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Bedrock.EventStreams;
using Sluice.Bedrock.Replies;
using Sluice.Bedrock.Requests;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Gateway;
using Sluice.Lab.Replays.Recordings;

namespace Sluice.Lab.Replays.Playing;

/// <summary>A recorded reply as the upstream sent it, or as it would have for a request that asks for less.</summary>
internal sealed class RecordedReply(RecordedCall call, RequestFacts facts)
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 512 };

    private (HeaderList Headers, ReadOnlyMemory<byte> Body)? _recorded;

    private bool IsEventStream => call.Operation is Operation.ConverseStream or Operation.InvokeModelWithResponseStream;

    private bool IsInvokeModel => call.Operation is Operation.InvokeModel or Operation.InvokeModelWithResponseStream;

    /// <summary>The status that AWS answers an error with (Bedrock Runtime API, common errors).</summary>
    public int Status => call.Error switch
    {
        null => 200,
        var name when name.StartsWith("Throttling", StringComparison.OrdinalIgnoreCase) => 429,
        var name when name.StartsWith("Validation", StringComparison.OrdinalIgnoreCase) => 400,
        var name when name.StartsWith("AccessDenied", StringComparison.OrdinalIgnoreCase) => 403,
        var name when name.StartsWith("ResourceNotFound", StringComparison.OrdinalIgnoreCase) => 404,
        _ => 500,
    };

    /// <summary>Exactly what was recorded.</summary>
    public Reply AsRecorded()
    {
        var (headers, body) = _recorded ??= Make(call.Reply.IsEmpty ? call.AsSent ?? call.Told : null, isCut: false, tier: null);
        // The stages write into a reply's headers.
        var own = new HeaderList(headers.Count + 4);
        foreach (var (name, value) in headers)
            own.Add(name, value);
        return Reply.Plain(Status, own, body);
    }

    /// <summary>What the recorded reply says of itself.</summary>
    public ReplyReading Read()
    {
        var (headers, body) = _recorded ??= Make(call.Reply.IsEmpty ? call.AsSent ?? call.Told : null, isCut: false, tier: null);
        using var meter = ReplyMeter.Create(call.Operation, facts.Dialect, ReplyFramings.Of(headers["Content-Type"]), facts);
        meter.Append(body.Span);
        return meter.Finish(headers.First);
    }

    /// <summary>The same answer to a request that used other counts, was cut at another limit or ran in another tier.</summary>
    /// <param name="usage">Null where the counts are those of the recording.</param>
    /// <param name="isCut">The request's limit is shorter than the answer.</param>
    /// <param name="tier">Null where the tier is that of the recording.</param>
    public Reply Changed(Usage? usage, bool isCut, ServiceTier? tier)
    {
        var (headers, body) = Make(usage, isCut, tier);
        return Reply.Plain(Status, headers, body);
    }

    private (HeaderList Headers, ReadOnlyMemory<byte> Body) Make(Usage? usage, bool isCut, ServiceTier? tier)
    {
        var headers = new HeaderList(8);
        headers.Add("Content-Type", IsEventStream ? "application/vnd.amazon.eventstream" : facts.Streamed ? "text/event-stream" : "application/json");
        if (Status != 200)
        {
            headers.Add("x-amzn-ErrorType", call.Error!);
            return (headers, "{\"message\":\"recorded\"}"u8.ToArray());
        }
        if (IsInvokeModel && tier is { } moved)
            headers.Add("X-Amzn-Bedrock-Service-Tier", moved.Name());
        if (call.Operation == Operation.InvokeModel && (usage ?? call.Told) is { } counts)
            AddCounts(headers, counts);
        var json = usage is null && !isCut && tier is null ? call.Reply : Edited(usage, isCut, tier);
        return (headers, IsEventStream ? Frames(json) : facts.Streamed ? Events(json) : json);
    }

    private static void AddCounts(HeaderList headers, Usage usage)
    {
        headers.Add("X-Amzn-Bedrock-Input-Token-Count", usage.Input.ToString(CultureInfo.InvariantCulture));
        headers.Add("X-Amzn-Bedrock-Output-Token-Count", usage.Output.ToString(CultureInfo.InvariantCulture));
        headers.Add("X-Amzn-Bedrock-Cache-Read-Input-Token-Count", usage.CacheRead.ToString(CultureInfo.InvariantCulture));
        headers.Add("X-Amzn-Bedrock-Cache-Write-Input-Token-Count", (usage.CacheWrite5m + usage.CacheWrite1h).ToString(CultureInfo.InvariantCulture));
    }

    private byte[] Edited(Usage? usage, bool isCut, ServiceTier? tier)
    {
        var root = call.Reply.IsEmpty ? StandIn() : JsonNode.Parse(call.Reply.Span, documentOptions: Deep)!;
        ReplyEdits.Apply(root, facts.Dialect, usage, isCut, IsInvokeModel ? null : tier);
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    /// <summary>The least that a reply of this dialect has, for a recording without replies.</summary>
    private JsonNode StandIn()
    {
        var stop = call.StopReason ?? "end_turn";
        return (call.Operation, facts.Dialect) switch
        {
            (Operation.ConverseStream, _) => new JsonArray(
                new JsonObject { ["messageStop"] = new JsonObject { ["stopReason"] = stop } },
                new JsonObject { ["metadata"] = new JsonObject { ["usage"] = new JsonObject(), ["metrics"] = new JsonObject() } }),
            (Operation.InvokeModelWithResponseStream, Dialect.Anthropic) => new JsonArray(
                new JsonObject { ["type"] = "message_delta", ["delta"] = new JsonObject { ["stop_reason"] = stop }, ["usage"] = new JsonObject() },
                new JsonObject { ["type"] = "message_stop", ["amazon-bedrock-invocationMetrics"] = new JsonObject() }),
            (Operation.InvokeModelWithResponseStream, _) => new JsonArray(new JsonObject { ["stop_reason"] = stop, ["amazon-bedrock-invocationMetrics"] = new JsonObject() }),
            (_, Dialect.Anthropic) => new JsonObject { ["type"] = "message", ["stop_reason"] = stop, ["usage"] = new JsonObject() },
            (_, Dialect.OpenAi) => new JsonObject { ["choices"] = new JsonArray(new JsonObject { ["finish_reason"] = stop }), ["usage"] = new JsonObject() },
            _ => new JsonObject { ["stopReason"] = stop, ["usage"] = new JsonObject() },
        };
    }

    private byte[] Frames(ReadOnlyMemory<byte> json)
    {
        var frames = new ArrayBufferWriter<byte>(json.Length * 2);
        using var document = JsonDocument.Parse(json, Deep);
        if (document.RootElement.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in document.RootElement.EnumerateArray())
                WriteFrame(frames, item);
        }
        else if (call.Operation == Operation.ConverseStream && document.RootElement.TryGetProperty("usage", out _))
        {
            WriteWhole(frames, document.RootElement);
        }
        else
        {
            WriteFrame(frames, document.RootElement);
        }
        return frames.WrittenSpan.ToArray();
    }

    private void WriteFrame(ArrayBufferWriter<byte> frames, JsonElement item)
    {
        if (call.Operation == Operation.InvokeModelWithResponseStream)
        {
            var inner = Convert.ToBase64String(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(item));
            EventStreamEncoder.WriteEvent(frames, "chunk"u8, Encoding.UTF8.GetBytes($"{{\"bytes\":\"{inner}\"}}"));
            return;
        }
        // Converse's events stand under their names.
        foreach (var member in item.ValueKind == JsonValueKind.Object ? item.EnumerateObject() : default)
        {
            var payload = System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(member.Value);
            var name = Encoding.UTF8.GetBytes(member.Name);
            if (member.Name.EndsWith("Exception", StringComparison.Ordinal))
                EventStreamEncoder.WriteException(frames, name, payload);
            else
                EventStreamEncoder.WriteEvent(frames, name, payload);
        }
    }

    /// <summary>A stream that the log has as one whole answer, which is told by its last two events.</summary>
    private static void WriteWhole(ArrayBufferWriter<byte> frames, JsonElement answer)
    {
        var stop = answer.TryGetProperty("stopReason", out var reason) ? reason.GetRawText() : "\"end_turn\"";
        EventStreamEncoder.WriteEvent(frames, "messageStop"u8, Encoding.UTF8.GetBytes($"{{\"stopReason\":{stop}}}"));
        EventStreamEncoder.WriteEvent(frames, "metadata"u8, System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(answer));
    }

    private static byte[] Events(ReadOnlyMemory<byte> json)
    {
        var text = new StringBuilder(json.Length + 256);
        using var document = JsonDocument.Parse(json, Deep);
        var isTyped = false;
        foreach (var item in document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement.EnumerateArray().ToArray() : [document.RootElement])
        {
            if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty("type", out var type))
            {
                isTyped = true;
                text.Append("event: ").Append(type.GetString()).Append('\n');
            }
            text.Append("data: ").Append(item.GetRawText()).Append("\n\n");
        }
        if (!isTyped)
            text.Append("data: [DONE]\n\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
