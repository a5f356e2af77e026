using System.Text.Json;
using Sluice.Bedrock.EventStreams;
using Sluice.Bedrock.Replies;

namespace Sluice.Gateway.Stages.Keeping;

/// <summary>The JSON of a reply: of a plain one the body, of a stream the list of its events, as AWS logs them.</summary>
internal static class ReplyDocuments
{
    /// <summary>Writes it, or nothing where the reply is no JSON.</summary>
    public static void Write(Utf8JsonWriter json, string name, KeptCall call)
    {
        switch (call.Framing)
        {
            case ReplyFraming.EventStream:
                json.WriteStartArray(name);
                WriteFrames(json, call.Reply.Span);
                json.WriteEndArray();
                break;
            case ReplyFraming.ServerSentEvents:
                json.WriteStartArray(name);
                WriteEvents(json, call.Reply.Span);
                json.WriteEndArray();
                break;
            default:
                if (TryParse(call.Reply, out var body))
                {
                    using (body)
                    {
                        json.WritePropertyName(name);
                        body!.WriteTo(json);
                    }
                }
                break;
        }
    }

    /// <summary>Converse's events under their names; of InvokeModel the model's own, out of their chunks.</summary>
    private static void WriteFrames(Utf8JsonWriter json, ReadOnlySpan<byte> stream)
    {
        using var decoder = new EventStreamDecoder();
        while (decoder.TryRead(ref stream, out var frame))
        {
            if (frame.Error is not EventStreamError.None || !TryParse(frame.Payload.ToArray(), out var payload))
                continue;
            using (payload)
            {
                if (frame.EventType.SequenceEqual("chunk"u8))
                {
                    if (payload!.RootElement.TryGetProperty("bytes"u8, out var bytes) && bytes.TryGetBytesFromBase64(out var inner) && TryParse(inner, out var own))
                    {
                        using (own)
                            own!.WriteTo(json);
                    }
                    continue;
                }
                json.WriteStartObject();
                json.WritePropertyName(frame.ExceptionType.IsEmpty ? frame.EventType : frame.ExceptionType);
                payload!.WriteTo(json);
                json.WriteEndObject();
            }
        }
    }

    private static void WriteEvents(Utf8JsonWriter json, ReadOnlySpan<byte> stream)
    {
        foreach (var range in stream.Split((byte)'\n'))
        {
            var line = stream[range];
            if (!line.StartsWith("data:"u8) || !TryParse(line["data:"u8.Length..].ToArray(), out var data))
                continue;
            using (data)
                data!.WriteTo(json);
        }
    }

    private static bool TryParse(ReadOnlyMemory<byte> utf8, out JsonDocument? document)
    {
        document = null;
        try
        {
            document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 512 });
            return true;
        }
        catch (JsonException)
        {
            // What is no JSON, such as the [DONE] of OpenAI's streams, has no place in the log.
            return false;
        }
    }
}
