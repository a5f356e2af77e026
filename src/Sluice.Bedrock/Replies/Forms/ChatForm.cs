using System.Text.Json;
using static Sluice.Bedrock.Replies.Forms.FormJson;

namespace Sluice.Bedrock.Replies.Forms;

/// <summary>OpenAI's chat completion and the chunks that stream it.</summary>
internal static class ChatForm
{
    private static readonly string[] InHead = ["id", "created", "model", "service_tier", "system_fingerprint"];

    /// <summary>The chunks that tell the completion: of each choice its message in one, then how it ended; the usage last.</summary>
    public static IEnumerable<FormEvent> Spread(JsonElement completion)
    {
        foreach (var choice in completion.GetProperty("choices"u8).EnumerateArray())
        {
            yield return Chunk(completion, json => WriteChoice(json, choice, delta => WriteDelta(delta, choice.GetProperty("message"u8)), isLast: false));
            yield return Chunk(completion, json => WriteChoice(json, choice, _ => { }, isLast: true));
        }
        yield return Chunk(completion, _ => { }, json => Copy(json, "usage"u8, completion.GetProperty("usage"u8)));
    }

    /// <summary>The completion that the chunks tell.</summary>
    public static byte[] Assemble(IEnumerable<FormEvent> events)
    {
        var head = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        var choices = new SortedDictionary<int, ChatChoice>();
        JsonElement? usage = null;
        foreach (var (_, bytes) in events)
        {
            var chunk = Parse(bytes);
            // Obfuscation is padding, as Bedrock's p is.
            Only(chunk, [.. InHead, "object", "choices", "usage", "obfuscation"]);
            foreach (var name in InHead)
            {
                if (chunk.TryGetProperty(name, out var value) && (!head.TryGetValue(name, out var known) || known.ValueKind == JsonValueKind.Null))
                    head[name] = value;
            }
            if (chunk.TryGetProperty("usage"u8, out var told) && told.ValueKind == JsonValueKind.Object)
                usage = told;
            foreach (var choice in chunk.GetProperty("choices"u8).EnumerateArray())
            {
                var index = choice.GetProperty("index"u8).GetInt32();
                if (!choices.TryGetValue(index, out var known))
                    choices[index] = known = new ChatChoice();
                known.Append(choice);
            }
        }
        if (choices.Count == 0 || usage is not { } counts)
            throw new InvalidDataException("The stream is not whole.");
        return Write(json =>
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "chat.completion"u8);
            foreach (var (name, value) in head)
            {
                json.WritePropertyName(name);
                Copy(json, value);
            }
            json.WriteStartArray("choices"u8);
            foreach (var (index, choice) in choices)
                choice.WriteTo(json, index);
            json.WriteEndArray();
            Copy(json, "usage"u8, counts);
            json.WriteEndObject();
        });
    }

    private static FormEvent Chunk(JsonElement completion, Action<Utf8JsonWriter> choice, Action<Utf8JsonWriter>? more = null) => new("", Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "chat.completion.chunk"u8);
        foreach (var member in completion.EnumerateObject().Where(m => InHead.Contains(m.Name)))
            Copy(json, member);
        json.WriteStartArray("choices"u8);
        choice(json);
        json.WriteEndArray();
        more?.Invoke(json);
        json.WriteEndObject();
    }));

    private static void WriteChoice(Utf8JsonWriter json, JsonElement choice, Action<Utf8JsonWriter> delta, bool isLast)
    {
        json.WriteStartObject();
        Copy(json, "index"u8, choice.GetProperty("index"u8));
        json.WriteStartObject("delta"u8);
        delta(json);
        json.WriteEndObject();
        if (isLast)
            CopyIfThere(json, choice, "logprobs"u8);
        json.WritePropertyName("finish_reason"u8);
        if (isLast)
            Copy(json, choice.GetProperty("finish_reason"u8));
        else
            json.WriteNullValue();
        json.WriteEndObject();
    }

    private static void WriteDelta(Utf8JsonWriter json, JsonElement message)
    {
        foreach (var member in message.EnumerateObject())
        {
            if (!member.NameEquals("tool_calls"u8) || member.Value.ValueKind != JsonValueKind.Array)
            {
                Copy(json, member);
                continue;
            }
            json.WriteStartArray("tool_calls"u8);
            var index = 0;
            foreach (var call in member.Value.EnumerateArray())
            {
                json.WriteStartObject();
                json.WriteNumber("index"u8, index++);
                foreach (var part in call.EnumerateObject())
                    Copy(json, part);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
    }
}
