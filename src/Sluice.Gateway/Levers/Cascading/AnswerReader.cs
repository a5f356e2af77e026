using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Sluice.Bedrock.Replies;
using Sluice.Bedrock.Replies.Forms;
using Sluice.Core.Invocations;

namespace Sluice.Gateway.Levers.Cascading;

/// <summary>Reads what a whole reply says, plain or streamed, and what its request offered. No bytes make it throw.</summary>
internal static class AnswerReader
{
    /// <summary>Null where the reply is of a kind that is not known, or broken.</summary>
    public static CheckedAnswer? Read(InvocationRequest request, string question, Reply reply, ReadOnlySpan<byte> body)
    {
        if (reply.Framing != ReplyFraming.Json)
        {
            if (!ReplyForms.TryConvert(request.Operation, request.Facts.Dialect, streamed: false, [.. Headers(reply)], body, out var plain))
                return null;
            body = plain.Body;
        }
        try
        {
            var reader = new Utf8JsonReader(body);
            using var json = JsonDocument.ParseValue(ref reader);
            var root = json.RootElement;
            var (text, calls, stop) = request.Facts.Dialect switch
            {
                Dialect.Converse or Dialect.Nova => Blocks(root.GetProperty("output"u8).GetProperty("message"u8).GetProperty("content"u8), Text(root, "stopReason")),
                Dialect.Anthropic => Blocks(root.GetProperty("content"u8), Text(root, "stop_reason")),
                Dialect.OpenAi => Choice(root.GetProperty("choices"u8)[0]),
                _ => default,
            };
            return text is null ? null : new CheckedAnswer { Text = text, Calls = calls, StopReason = stop, Question = question, Tools = Tools(request) };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Headers(Reply reply)
    {
        foreach (var (name, value) in reply.Headers)
            yield return new(name, value);
    }

    /// <summary>Blocks of Converse, which are named by their member, and of Anthropic, which say their type.</summary>
    private static (string Text, ImmutableArray<CalledTool> Calls, string? Stop) Blocks(JsonElement content, string? stop)
    {
        var (text, calls) = (new StringBuilder(), ImmutableArray.CreateBuilder<CalledTool>());
        foreach (var block in content.EnumerateArray())
        {
            if (block.TryGetProperty("toolUse"u8, out var tool) || (Text(block, "type") == "tool_use" && (tool = block).ValueKind == JsonValueKind.Object))
                calls.Add(new CalledTool(Text(tool, "name") ?? "", tool.TryGetProperty("input"u8, out var input) ? input.Clone() : default));
            else if (Text(block, "text") is { } part)
                text.Append(part);
        }
        return (text.ToString(), calls.ToImmutable(), stop);
    }

    private static (string Text, ImmutableArray<CalledTool> Calls, string? Stop) Choice(JsonElement choice)
    {
        var message = choice.GetProperty("message"u8);
        var calls = ImmutableArray.CreateBuilder<CalledTool>();
        if (message.TryGetProperty("tool_calls"u8, out var tools) && tools.ValueKind == JsonValueKind.Array)
        {
            foreach (var tool in tools.EnumerateArray())
            {
                var function = tool.GetProperty("function"u8);
                calls.Add(new CalledTool(Text(function, "name") ?? "", Parsed(Text(function, "arguments"))));
            }
        }
        return (Text(message, "content") ?? "", calls.ToImmutable(), Text(choice, "finish_reason"));
    }

    private static JsonElement Parsed(string? json)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json ?? "");
            return parsed.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static ImmutableArray<OfferedTool> Tools(InvocationRequest request)
    {
        var reader = new Utf8JsonReader(request.Body.Span);
        using var json = JsonDocument.ParseValue(ref reader);
        var tools = ImmutableArray.CreateBuilder<OfferedTool>();
        if (json.RootElement.TryGetProperty("toolConfig"u8, out var config) && config.TryGetProperty("tools"u8, out var named))
        {
            foreach (var tool in named.EnumerateArray())
            {
                if (tool.TryGetProperty("toolSpec"u8, out var spec))
                    tools.Add(new OfferedTool(Text(spec, "name") ?? "", spec.TryGetProperty("inputSchema"u8, out var schema) && schema.TryGetProperty("json"u8, out var inner) ? inner.Clone() : default));
            }
        }
        else if (json.RootElement.TryGetProperty("tools"u8, out var typed) && typed.ValueKind == JsonValueKind.Array)
        {
            foreach (var tool in typed.EnumerateArray())
            {
                var (holder, schema) = tool.TryGetProperty("function"u8, out var function) ? (function, "parameters") : (tool, "input_schema");
                tools.Add(new OfferedTool(Text(holder, "name") ?? "", holder.TryGetProperty(schema, out var inner) ? inner.Clone() : default));
            }
        }
        return tools.ToImmutable();
    }

    private static string? Text(JsonElement holder, string name) =>
        holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
