using System.Text.Json;
using static Sluice.Bedrock.Replies.Forms.FormJson;

namespace Sluice.Bedrock.Replies.Forms;

/// <summary>Anthropic's message and the events that stream it, put together as Anthropic's own clients do.</summary>
internal static class MessagesForm
{
    public const string Metrics = "amazon-bedrock-invocationMetrics";

    /// <summary>The events that tell the message, each block's text in one.</summary>
    /// <param name="message">The message.</param>
    /// <param name="writeMetrics">Writes what Bedrock puts beside the last event of InvokeModel's streams; null on its Messages path.</param>
    public static IEnumerable<FormEvent> Spread(JsonElement message, Action<Utf8JsonWriter, JsonElement>? writeMetrics)
    {
        yield return Event("message_start", json =>
        {
            json.WriteStartObject("message"u8);
            foreach (var member in message.EnumerateObject())
                WriteAtStart(json, member);
            json.WriteEndObject();
        });
        var index = 0;
        foreach (var block in message.GetProperty("content"u8).EnumerateArray())
        {
            foreach (var e in BlockEvents(index++, block))
                yield return e;
        }
        yield return Event("message_delta", json =>
        {
            json.WriteStartObject("delta"u8);
            CopyIfThere(json, message, "stop_reason"u8);
            CopyIfThere(json, message, "stop_sequence"u8);
            json.WriteEndObject();
            Copy(json, "usage"u8, message.GetProperty("usage"u8));
        });
        yield return Event("message_stop", json => writeMetrics?.Invoke(json, message));
    }

    /// <summary>The message that the events tell, and Bedrock's own metrics where a stream has them.</summary>
    public static (byte[] Message, JsonElement? Metrics) Assemble(IEnumerable<FormEvent> events)
    {
        JsonElement? start = null, end = null, stop = null;
        var blocks = new List<MessagesBlock>();
        var isOpen = false;
        foreach (var (_, bytes) in events)
        {
            var e = Parse(bytes);
            var type = e.GetProperty("type"u8).GetString();
            if (type == "ping")
                continue;
            if (stop is not null || (start is null) != (type == "message_start") || (end is not null && type != "message_stop"))
                throw new InvalidDataException("The events come in another order.");
            switch (type)
            {
                case "message_start":
                    Only(e, "type", "message");
                    start = e.GetProperty("message"u8);
                    break;
                case "content_block_start":
                    Only(e, "type", "index", "content_block");
                    if (isOpen || Index(e) != blocks.Count)
                        throw new InvalidDataException("The blocks come in another order.");
                    blocks.Add(new MessagesBlock(e.GetProperty("content_block"u8)));
                    isOpen = true;
                    break;
                case "content_block_delta":
                    Only(e, "type", "index", "delta");
                    if (!isOpen || Index(e) != blocks.Count - 1)
                        throw new InvalidDataException("The blocks come in another order.");
                    blocks[^1].Append(e.GetProperty("delta"u8));
                    break;
                case "content_block_stop":
                    Only(e, "type", "index");
                    if (!isOpen || Index(e) != blocks.Count - 1)
                        throw new InvalidDataException("A block ends that has not begun.");
                    isOpen = false;
                    break;
                case "message_delta":
                    Only(e, "type", "delta", "usage");
                    end = e;
                    break;
                case "message_stop":
                    Only(e, "type", Metrics);
                    stop = e;
                    break;
                default:
                    throw new InvalidDataException("There is an event of another kind.");
            }
        }
        if (start is not { } first || end is not { } last || stop is not { } closing || isOpen)
            throw new InvalidDataException("The stream is not whole.");
        return (Write(json => WriteMessage(json, first, blocks, last)), closing.TryGetProperty(Metrics, out var metrics) ? metrics : null);
    }

    private static int Index(JsonElement e) => e.GetProperty("index"u8).GetInt32();

    /// <summary>What is known of the message before its first block.</summary>
    private static void WriteAtStart(Utf8JsonWriter json, JsonProperty member)
    {
        switch (member.Name)
        {
            case "content":
                json.WriteStartArray("content"u8);
                json.WriteEndArray();
                break;
            case "stop_reason" or "stop_sequence":
                json.WriteNull(member.Name);
                break;
            case "usage":
                json.WriteStartObject("usage"u8);
                foreach (var count in member.Value.EnumerateObject())
                {
                    if (count.NameEquals("output_tokens"u8))
                        json.WriteNumber("output_tokens"u8, 0);
                    else
                        Copy(json, count);
                }
                json.WriteEndObject();
                break;
            default:
                Copy(json, member);
                break;
        }
    }

    private static IEnumerable<FormEvent> BlockEvents(int index, JsonElement block)
    {
        yield return Event("content_block_start", json =>
        {
            json.WriteNumber("index"u8, index);
            json.WritePropertyName("content_block"u8);
            MessagesBlock.WriteStart(json, block);
        });
        foreach (var (type, field, value) in MessagesBlock.Deltas(block))
        {
            yield return Event("content_block_delta", json =>
            {
                json.WriteNumber("index"u8, index);
                json.WriteStartObject("delta"u8);
                json.WriteString("type"u8, type);
                if (field == "partial_json")
                    json.WriteString(field, value.GetRawText());
                else
                    WriteMember(json, field, value);
                json.WriteEndObject();
            });
        }
        yield return Event("content_block_stop", json => json.WriteNumber("index"u8, index));
    }

    private static void WriteMember(Utf8JsonWriter json, string name, JsonElement value)
    {
        json.WritePropertyName(name);
        Copy(json, value);
    }

    private static void WriteMessage(Utf8JsonWriter json, JsonElement start, List<MessagesBlock> blocks, JsonElement end)
    {
        var delta = end.GetProperty("delta"u8);
        json.WriteStartObject();
        foreach (var member in start.EnumerateObject())
        {
            json.WritePropertyName(member.Name);
            if (member.NameEquals("content"u8))
                WriteContent(json, blocks);
            else if (member.NameEquals("usage"u8) && end.TryGetProperty("usage"u8, out var usage))
                WriteMerged(json, member.Value, usage);
            else
                Copy(json, delta.TryGetProperty(member.Name, out var told) ? told : member.Value);
        }
        foreach (var member in delta.EnumerateObject().Where(m => !start.TryGetProperty(m.Name, out _)))
            Copy(json, member);
        json.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter json, List<MessagesBlock> blocks)
    {
        json.WriteStartArray();
        foreach (var block in blocks)
            block.WriteTo(json);
        json.WriteEndArray();
    }

    /// <summary>The counts of the end are those of the whole message, for as many as it has.</summary>
    private static void WriteMerged(Utf8JsonWriter json, JsonElement atStart, JsonElement atEnd)
    {
        json.WriteStartObject();
        foreach (var count in atStart.EnumerateObject())
            WriteMember(json, count.Name, atEnd.TryGetProperty(count.Name, out var told) ? told : count.Value);
        foreach (var count in atEnd.EnumerateObject().Where(c => !atStart.TryGetProperty(c.Name, out _)))
            Copy(json, count);
        json.WriteEndObject();
    }

    private static FormEvent Event(string type, Action<Utf8JsonWriter> members) => new(type, Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        members(json);
        json.WriteEndObject();
    }));
}
