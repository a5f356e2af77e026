using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Replies.Forms;

/// <summary>
/// Turns a whole answer from the form it came in into the other, plain or streamed, in which a client may ask for the same.
/// Where anything would be lost there is no other form. No bytes make it throw.
/// </summary>
public static class ReplyForms
{
    /// <summary>Headers that tell of one form alone.</summary>
    private static readonly string[] OfOneForm =
    [
        "Content-Type", "Content-Length", "Transfer-Encoding", "X-Amzn-Bedrock-Content-Type", Latency,
        "X-Amzn-Bedrock-Input-Token-Count", "X-Amzn-Bedrock-Output-Token-Count",
        "X-Amzn-Bedrock-Cache-Read-Input-Token-Count", "X-Amzn-Bedrock-Cache-Write-Input-Token-Count",
    ];

    /// <summary>Counts of InvokeModel: in a stream's last event, and in the headers of a plain reply.</summary>
    private static readonly (string Metric, string Usage, string Header)[] Counts =
    [
        ("inputTokenCount", "input_tokens", "X-Amzn-Bedrock-Input-Token-Count"),
        ("outputTokenCount", "output_tokens", "X-Amzn-Bedrock-Output-Token-Count"),
        ("cacheReadInputTokenCount", "cache_read_input_tokens", "X-Amzn-Bedrock-Cache-Read-Input-Token-Count"),
        ("cacheWriteInputTokenCount", "cache_creation_input_tokens", "X-Amzn-Bedrock-Cache-Write-Input-Token-Count"),
    ];

    private const string Latency = "X-Amzn-Bedrock-Invocation-Latency";
    private const string EventStream = "application/vnd.amazon.eventstream";

    /// <summary>Whether answers to such calls may have another form.</summary>
    public static bool HasOther(Operation operation, Dialect dialect) => Of(operation, dialect) is not null;

    /// <summary>Turns an answer with status 200 into the form that is asked for.</summary>
    /// <param name="operation">The operation that asks.</param>
    /// <param name="dialect">The dialect of the body.</param>
    /// <param name="streamed">Whether a stream is asked for; the answer is then plain, and otherwise a stream.</param>
    /// <param name="headers">The answer's own.</param>
    /// <param name="body">The answer, whole.</param>
    public static bool TryConvert(
        Operation operation, Dialect dialect, bool streamed, IReadOnlyCollection<KeyValuePair<string, string>> headers, ReadOnlySpan<byte> body,
        [NotNullWhen(true)] out ConvertedReply? converted)
    {
        converted = null;
        string? Header(string name) => headers.FirstOrDefault(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
        if (Of(operation, dialect) is not { } carrier || Header("Content-Encoding") is not null
            || ReplyFramings.Of(Header("Content-Type")) != (streamed ? ReplyFraming.Json : carrier == Carrier.Converse || carrier == Carrier.Invoke ? ReplyFraming.EventStream : ReplyFraming.ServerSentEvents))
            return false;
        try
        {
            var own = headers.Where(h => !OfOneForm.Contains(h.Key, StringComparer.OrdinalIgnoreCase)).ToList();
            converted = streamed ? Stream(carrier, body, own, Header(Latency)) : Plain(carrier, body, own, Header("X-Amzn-Bedrock-Content-Type"));
            return converted is not null;
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException or FormatException or OverflowException)
        {
            // Whatever is not as it is known to be has no other form that is known to be right.
            return false;
        }
    }

    private static Carrier? Of(Operation operation, Dialect dialect) => (operation, dialect) switch
    {
        (Operation.Converse or Operation.ConverseStream, _) => Carrier.Converse,
        (Operation.InvokeModel or Operation.InvokeModelWithResponseStream, Dialect.Anthropic) => Carrier.Invoke,
        (Operation.Messages, Dialect.Anthropic) => Carrier.Messages,
        (Operation.ChatCompletions, Dialect.OpenAi) => Carrier.Chat,
        _ => null,
    };

    /// <returns>Null where the plain answer would not come back from the stream.</returns>
    private static ConvertedReply? Stream(Carrier carrier, ReadOnlySpan<byte> body, List<KeyValuePair<string, string>> headers, string? latency)
    {
        var reply = FormJson.Parse(body);
        List<FormEvent> events = carrier switch
        {
            Carrier.Converse => [.. ConverseForm.Spread(reply)],
            Carrier.Invoke => [.. MessagesForm.Spread(reply, (json, message) => WriteMetrics(json, message, latency))],
            Carrier.Messages => [.. MessagesForm.Spread(reply, writeMetrics: null)],
            _ => [.. ChatForm.Spread(reply)],
        };
        var back = carrier switch
        {
            Carrier.Converse => ConverseForm.Assemble(events),
            Carrier.Chat => ChatForm.Assemble(events),
            _ => MessagesForm.Assemble(events).Message,
        };
        if (!JsonElement.DeepEquals(reply, FormJson.Parse(back)))
            return null;
        headers.Add(new("Content-Type", carrier is Carrier.Converse or Carrier.Invoke ? EventStream : "text/event-stream; charset=utf-8"));
        if (carrier == Carrier.Invoke)
            headers.Add(new("X-Amzn-Bedrock-Content-Type", "application/json"));
        return new ConvertedReply(headers, carrier switch
        {
            Carrier.Converse => EventFraming.WriteFrames(events),
            Carrier.Invoke => EventFraming.WriteChunks(events),
            _ => EventFraming.WriteServerSent(events, endsWithMark: carrier == Carrier.Chat),
        });
    }

    private static ConvertedReply Plain(Carrier carrier, ReadOnlySpan<byte> body, List<KeyValuePair<string, string>> headers, string? contentType)
    {
        var events = carrier is Carrier.Converse or Carrier.Invoke ? EventFraming.ReadFrames(body) : EventFraming.ReadServerSent(body);
        headers.Add(new("Content-Type", contentType ?? "application/json"));
        switch (carrier)
        {
            case Carrier.Converse:
                return new ConvertedReply(headers, ConverseForm.Assemble(events));
            case Carrier.Chat:
                return new ConvertedReply(headers, ChatForm.Assemble(events));
            default:
                var (message, metrics) = MessagesForm.Assemble(events);
                if (metrics is { } told)
                    AddCounts(headers, told);
                return new ConvertedReply(headers, message);
        }
    }

    private static void WriteMetrics(Utf8JsonWriter json, JsonElement message, string? latency)
    {
        var usage = message.GetProperty("usage"u8);
        json.WriteStartObject(MessagesForm.Metrics);
        foreach (var (metric, name, _) in Counts)
        {
            if (usage.TryGetProperty(name, out var count) && count.ValueKind == JsonValueKind.Number)
                json.WriteNumber(metric, count.GetInt64());
        }
        if (long.TryParse(latency, NumberStyles.None, CultureInfo.InvariantCulture, out var latencyMs))
            json.WriteNumber("invocationLatency"u8, latencyMs);
        json.WriteEndObject();
    }

    private static void AddCounts(List<KeyValuePair<string, string>> headers, JsonElement metrics)
    {
        foreach (var (metric, _, header) in Counts)
            AddCount(headers, metrics, metric, header);
        AddCount(headers, metrics, "invocationLatency", Latency);
    }

    private static void AddCount(List<KeyValuePair<string, string>> headers, JsonElement metrics, string metric, string header)
    {
        if (metrics.TryGetProperty(metric, out var count) && count.ValueKind == JsonValueKind.Number)
            headers.Add(new(header, count.GetInt64().ToString(CultureInfo.InvariantCulture)));
    }

    private enum Carrier
    {
        Converse,
        Invoke,
        Messages,
        Chat,
    }
}

/// <summary>An answer in its other form.</summary>
/// <param name="Headers">Those that describe it, in place of all that described the one it was made from.</param>
public sealed record ConvertedReply(IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body);
