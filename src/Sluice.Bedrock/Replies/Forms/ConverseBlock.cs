using System.Text.Json;
using static Sluice.Bedrock.Replies.Forms.FormJson;

namespace Sluice.Bedrock.Replies.Forms;

/// <summary>A block of content while its events come in.</summary>
internal sealed class ConverseBlock
{
    private JsonElement? _tool;
    private PiecedText? _input;
    private PiecedText? _text;
    private PiecedText? _reasoning;
    private PiecedText? _signature;
    private JsonElement? _redacted;

    public void Begin(JsonElement start)
    {
        var content = Single(start);
        if (content.Name != "toolUse" || _tool is not null || content.Value.TryGetProperty("input"u8, out _))
            throw new InvalidDataException("A block of another kind begins.");
        _tool = content.Value;
        _input = new PiecedText();
    }

    public void Append(JsonElement delta)
    {
        var part = Single(delta);
        switch (part.Name)
        {
            case "text":
                (_text ??= new PiecedText()).Append(part.Value);
                break;
            case "toolUse" when _input is not null:
                Only(part.Value, "input");
                _input.Append(part.Value.GetProperty("input"u8));
                break;
            case "reasoningContent":
                AppendReasoning(Single(part.Value));
                break;
            default:
                throw new InvalidDataException("A block goes on with content of another kind.");
        }
    }

    public void WriteTo(Utf8JsonWriter json)
    {
        var isReasoning = _reasoning is not null || _signature is not null;
        if (Convert.ToInt32(_tool is not null) + Convert.ToInt32(_text is not null) + Convert.ToInt32(isReasoning) + Convert.ToInt32(_redacted is not null) != 1)
            throw new InvalidDataException("A block has content of several kinds, or none.");
        json.WriteStartObject();
        if (_text is not null)
        {
            json.WritePropertyName("text"u8);
            _text.WriteTo(json);
        }
        else if (_tool is { } tool)
        {
            json.WriteStartObject("toolUse"u8);
            json.WritePropertyName("input"u8);
            _input!.WriteSpeltTo(json);
            foreach (var member in tool.EnumerateObject())
                Copy(json, member);
            json.WriteEndObject();
        }
        else
        {
            json.WriteStartObject("reasoningContent"u8);
            if (_redacted is { } redacted)
                Copy(json, "redactedContent"u8, redacted);
            else
                WriteReasoning(json);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private void AppendReasoning(JsonProperty part)
    {
        switch (part.Name)
        {
            case "text":
                (_reasoning ??= new PiecedText()).Append(part.Value);
                break;
            case "signature":
                (_signature ??= new PiecedText()).Append(part.Value);
                break;
            // Pieces of base64 are not put together by putting their letters together.
            case "redactedContent" when _redacted is null:
                _redacted = part.Value;
                break;
            default:
                throw new InvalidDataException("Reasoning goes on with content of another kind.");
        }
    }

    private void WriteReasoning(Utf8JsonWriter json)
    {
        json.WriteStartObject("reasoningText"u8);
        if (_signature is not null)
        {
            json.WritePropertyName("signature"u8);
            _signature.WriteTo(json);
        }
        json.WritePropertyName("text"u8);
        (_reasoning ?? new PiecedText()).WriteTo(json);
        json.WriteEndObject();
    }
}
