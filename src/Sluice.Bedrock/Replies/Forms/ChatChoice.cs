using System.Text.Json;
using static Sluice.Bedrock.Replies.Forms.FormJson;

namespace Sluice.Bedrock.Replies.Forms;

/// <summary>One choice of a chat completion while its chunks come in.</summary>
internal sealed class ChatChoice
{
    /// <summary>The message's fields in the order in which they came; null where a field was there and had no text.</summary>
    private readonly List<(string Name, PiecedText? Text)> _fields = [];
    private readonly SortedDictionary<int, ToolCall> _calls = [];
    private JsonElement? _role;
    private JsonElement? _finishReason;
    private bool _hasLogprobs;

    public void Append(JsonElement choice)
    {
        Only(choice, "index", "delta", "finish_reason", "logprobs");
        if (choice.TryGetProperty("logprobs"u8, out var logprobs))
        {
            _hasLogprobs = true;
            if (logprobs.ValueKind != JsonValueKind.Null)
                throw new InvalidDataException("There are log probabilities.");
        }
        if (choice.TryGetProperty("finish_reason"u8, out var reason) && reason.ValueKind == JsonValueKind.String)
            _finishReason = reason;
        foreach (var member in choice.GetProperty("delta"u8).EnumerateObject())
        {
            if (member.NameEquals("role"u8))
                _role ??= member.Value;
            else if (member.NameEquals("tool_calls"u8))
                AppendCalls(member.Value);
            else
                AppendText(member);
        }
    }

    public void WriteTo(Utf8JsonWriter json, int index)
    {
        json.WriteStartObject();
        json.WriteNumber("index"u8, index);
        json.WriteStartObject("message"u8);
        if (_role is { } role)
            Copy(json, "role"u8, role);
        foreach (var (name, text) in _fields)
        {
            json.WritePropertyName(name);
            // Streams of tool calls begin with an empty text, plain replies have none.
            if (text is null || (name == "content" && text.IsEmpty && _calls.Count > 0))
                json.WriteNullValue();
            else
                text.WriteTo(json);
        }
        if (_calls.Count > 0)
        {
            json.WriteStartArray("tool_calls"u8);
            foreach (var call in _calls.Values)
                call.WriteTo(json);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        Copy(json, "finish_reason"u8, _finishReason ?? throw new InvalidDataException("A choice has no end."));
        if (_hasLogprobs)
            json.WriteNull("logprobs"u8);
        json.WriteEndObject();
    }

    private void AppendText(JsonProperty member)
    {
        var at = _fields.FindIndex(f => f.Name == member.Name);
        if (at < 0)
        {
            _fields.Add((member.Name, null));
            at = _fields.Count - 1;
        }
        if (member.Value.ValueKind == JsonValueKind.Null)
            return;
        var text = _fields[at].Text ?? new PiecedText();
        text.Append(member.Value);
        _fields[at] = (member.Name, text);
    }

    private void AppendCalls(JsonElement calls)
    {
        foreach (var part in calls.EnumerateArray())
        {
            Only(part, "index", "id", "type", "function");
            var index = part.GetProperty("index"u8).GetInt32();
            if (!_calls.TryGetValue(index, out var call))
                _calls[index] = call = new ToolCall();
            call.Append(part);
        }
    }

    private sealed class ToolCall
    {
        private readonly PiecedText _arguments = new();
        private JsonElement? _id;
        private JsonElement? _type;
        private JsonElement? _name;

        public void Append(JsonElement part)
        {
            if (part.TryGetProperty("id"u8, out var id))
                _id ??= id;
            if (part.TryGetProperty("type"u8, out var type))
                _type ??= type;
            if (!part.TryGetProperty("function"u8, out var function))
                return;
            Only(function, "name", "arguments");
            if (function.TryGetProperty("name"u8, out var name))
                _name ??= name;
            if (function.TryGetProperty("arguments"u8, out var arguments))
                _arguments.Append(arguments);
        }

        public void WriteTo(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            Copy(json, "id"u8, _id ?? throw new InvalidDataException("A tool call has no id."));
            if (_type is { } type)
                Copy(json, "type"u8, type);
            json.WriteStartObject("function"u8);
            Copy(json, "name"u8, _name ?? throw new InvalidDataException("A tool call has no name."));
            json.WritePropertyName("arguments"u8);
            _arguments.WriteTo(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }
}
