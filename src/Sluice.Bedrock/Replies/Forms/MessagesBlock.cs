using System.Text.Json;
using static Sluice.Bedrock.Replies.Forms.FormJson;

namespace Sluice.Bedrock.Replies.Forms;

/// <summary>
/// A block of a message's content while its events come in. What its start says stays as it is, but for the fields that
/// deltas go on with.
/// </summary>
internal sealed class MessagesBlock(JsonElement start)
{
    private readonly Dictionary<string, PiecedText> _fields = new(StringComparer.Ordinal);

    /// <summary>The fields of a block that come in deltas, in their order, with the delta's type and its field's name.</summary>
    public static IEnumerable<(string Type, string Field, JsonElement Value)> Deltas(JsonElement block)
    {
        foreach (var member in block.EnumerateObject())
        {
            if (DeltaOf(member) is { } delta && !(member.Value.ValueKind == JsonValueKind.String && member.Value.ValueEquals(""u8)))
                yield return (delta.Type, delta.Field, member.Value);
        }
    }

    /// <summary>The block as it begins: what deltas will bring is empty.</summary>
    public static void WriteStart(Utf8JsonWriter json, JsonElement block)
    {
        json.WriteStartObject();
        foreach (var member in block.EnumerateObject())
        {
            json.WritePropertyName(member.Name);
            if (DeltaOf(member) is not { } delta)
                Copy(json, member.Value);
            else
                json.WriteRawValue(delta.Field == "partial_json" ? "{}" : "\"\"");
        }
        json.WriteEndObject();
    }

    public void Append(JsonElement delta)
    {
        var (field, piece) = delta.GetProperty("type"u8).GetString() switch
        {
            "text_delta" => ("text", "text"),
            "thinking_delta" => ("thinking", "thinking"),
            "signature_delta" => ("signature", "signature"),
            "input_json_delta" => ("input", "partial_json"),
            _ => throw new InvalidDataException("There is a delta of another kind."),
        };
        Only(delta, "type", piece);
        if (!_fields.TryGetValue(field, out var text))
        {
            _fields[field] = text = new PiecedText();
            if (field != "input" && start.TryGetProperty(field, out var begun))
                text.Append(begun);
        }
        text.Append(delta.GetProperty(piece));
    }

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var member in start.EnumerateObject())
        {
            if (_fields.ContainsKey(member.Name))
                WriteField(json, member.Name);
            else
                Copy(json, member);
        }
        foreach (var name in _fields.Keys.Where(n => !start.TryGetProperty(n, out _)))
            WriteField(json, name);
        json.WriteEndObject();
    }

    private static (string Type, string Field)? DeltaOf(JsonProperty member) => (member.Name, member.Value.ValueKind) switch
    {
        ("text", JsonValueKind.String) => ("text_delta", "text"),
        ("thinking", JsonValueKind.String) => ("thinking_delta", "thinking"),
        ("signature", JsonValueKind.String) => ("signature_delta", "signature"),
        ("input", JsonValueKind.Object) => ("input_json_delta", "partial_json"),
        _ => null,
    };

    private void WriteField(Utf8JsonWriter json, string name)
    {
        json.WritePropertyName(name);
        if (name == "input")
            _fields[name].WriteSpeltTo(json);
        else
            _fields[name].WriteTo(json);
    }
}
