using System.Text.Json;
using static Sluice.Bedrock.Replies.Forms.FormJson;

namespace Sluice.Bedrock.Replies.Forms;

/// <summary>
/// The answer of Converse and the events of ConverseStream. Text, tool use and reasoning have the same in both; of other
/// kinds of content it is not known that they do, so those are left alone.
/// </summary>
internal static class ConverseForm
{
    private static readonly string[] InMetadata = ["usage", "metrics", "trace", "performanceConfig", "serviceTier"];

    /// <summary>The events that tell the answer, each block's content in one.</summary>
    public static IEnumerable<FormEvent> Spread(JsonElement reply)
    {
        var message = reply.GetProperty("output"u8).GetProperty("message"u8);
        yield return Event("messageStart", json => Copy(json, "role"u8, message.GetProperty("role"u8)));
        var index = 0;
        foreach (var block in message.GetProperty("content"u8).EnumerateArray())
        {
            var content = Single(block);
            switch (content.Name)
            {
                case "text":
                    yield return Delta(index, json => Copy(json, content));
                    break;
                case "toolUse":
                    yield return Event("contentBlockStart", json => WriteToolStart(json, index, content.Value));
                    yield return Delta(index, json => WriteToolInput(json, content.Value.GetProperty("input"u8)));
                    break;
                case "reasoningContent":
                    foreach (var part in ReasoningParts(content.Value))
                        yield return Delta(index, json => WriteReasoning(json, part));
                    break;
                default:
                    throw new InvalidDataException("A block of content is of another kind.");
            }
            yield return Event("contentBlockStop", json => json.WriteNumber("contentBlockIndex"u8, index));
            index++;
        }
        yield return Event("messageStop", json =>
        {
            CopyIfThere(json, reply, "additionalModelResponseFields"u8);
            Copy(json, "stopReason"u8, reply.GetProperty("stopReason"u8));
        });
        yield return Event("metadata", json =>
        {
            foreach (var member in reply.EnumerateObject().Where(m => InMetadata.Contains(m.Name)))
                Copy(json, member);
        });
    }

    /// <summary>The answer that the events tell.</summary>
    public static byte[] Assemble(IEnumerable<FormEvent> events)
    {
        JsonElement? start = null, stop = null, metadata = null;
        var blocks = new List<ConverseBlock>();
        var isOpen = false;
        foreach (var (name, bytes) in events)
        {
            var e = Parse(bytes);
            if (metadata is not null || (start is null) != (name == "messageStart") || (stop is not null && name != "metadata"))
                throw new InvalidDataException("The events come in another order.");
            switch (name)
            {
                case "messageStart":
                    Only(e, "role", "p");
                    start = e;
                    break;
                case "contentBlockStart":
                    Only(e, "start", "contentBlockIndex", "p");
                    Block(e).Begin(e.GetProperty("start"u8));
                    break;
                case "contentBlockDelta":
                    Only(e, "delta", "contentBlockIndex", "p");
                    Block(e).Append(e.GetProperty("delta"u8));
                    break;
                case "contentBlockStop":
                    Only(e, "contentBlockIndex", "p");
                    if (!isOpen || e.GetProperty("contentBlockIndex"u8).GetInt32() != blocks.Count - 1)
                        throw new InvalidDataException("A block ends that has not begun.");
                    isOpen = false;
                    break;
                case "messageStop":
                    Only(e, "stopReason", "additionalModelResponseFields", "p");
                    stop = e;
                    break;
                case "metadata":
                    Only(e, [.. InMetadata, "p"]);
                    metadata = e;
                    break;
                default:
                    throw new InvalidDataException("There is an event of another kind.");
            }
        }
        if (start is not { } first || stop is not { } last || metadata is not { } end)
            throw new InvalidDataException("The stream is not whole.");
        return Write(json => WriteReply(json, first, blocks, last, end));

        // A block that has ended does not go on, and blocks come one after the other.
        ConverseBlock Block(JsonElement e)
        {
            var index = e.GetProperty("contentBlockIndex"u8).GetInt32();
            if (index == blocks.Count)
            {
                blocks.Add(new ConverseBlock());
                isOpen = true;
            }
            return isOpen && index == blocks.Count - 1 ? blocks[index] : throw new InvalidDataException("The blocks come in another order.");
        }
    }

    /// <summary>The fields come in alphabetical order, as Bedrock sends them.</summary>
    private static void WriteReply(Utf8JsonWriter json, JsonElement start, List<ConverseBlock> blocks, JsonElement stop, JsonElement metadata)
    {
        json.WriteStartObject();
        CopyIfThere(json, stop, "additionalModelResponseFields"u8);
        CopyIfThere(json, metadata, "metrics"u8);
        json.WriteStartObject("output"u8);
        json.WriteStartObject("message"u8);
        json.WriteStartArray("content"u8);
        foreach (var block in blocks)
            block.WriteTo(json);
        json.WriteEndArray();
        Copy(json, "role"u8, start.GetProperty("role"u8));
        json.WriteEndObject();
        json.WriteEndObject();
        CopyIfThere(json, metadata, "performanceConfig"u8);
        CopyIfThere(json, metadata, "serviceTier"u8);
        Copy(json, "stopReason"u8, stop.GetProperty("stopReason"u8));
        CopyIfThere(json, metadata, "trace"u8);
        CopyIfThere(json, metadata, "usage"u8);
        json.WriteEndObject();
    }

    private static FormEvent Event(string name, Action<Utf8JsonWriter> members) => new(name, Write(json =>
    {
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
    }));

    private static FormEvent Delta(int index, Action<Utf8JsonWriter> delta) => Event("contentBlockDelta", json =>
    {
        json.WriteNumber("contentBlockIndex"u8, index);
        json.WriteStartObject("delta"u8);
        delta(json);
        json.WriteEndObject();
    });

    private static void WriteToolStart(Utf8JsonWriter json, int index, JsonElement tool)
    {
        json.WriteNumber("contentBlockIndex"u8, index);
        json.WriteStartObject("start"u8);
        json.WriteStartObject("toolUse"u8);
        foreach (var member in tool.EnumerateObject().Where(m => m.Name != "input"))
            Copy(json, member);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteToolInput(Utf8JsonWriter json, JsonElement input)
    {
        json.WriteStartObject("toolUse"u8);
        json.WriteString("input"u8, input.GetRawText());
        json.WriteEndObject();
    }

    /// <summary>A signature follows the text that it signs.</summary>
    private static IEnumerable<(string Name, JsonElement Value)> ReasoningParts(JsonElement reasoning)
    {
        var content = Single(reasoning);
        if (content.Name != "reasoningText")
        {
            yield return (content.Name, content.Value);
            yield break;
        }
        yield return ("text", content.Value.GetProperty("text"u8));
        if (content.Value.TryGetProperty("signature"u8, out var signature))
            yield return ("signature", signature);
    }

    private static void WriteReasoning(Utf8JsonWriter json, (string Name, JsonElement Value) part)
    {
        json.WriteStartObject("reasoningContent"u8);
        json.WritePropertyName(part.Name);
        Copy(json, part.Value);
        json.WriteEndObject();
    }
}
