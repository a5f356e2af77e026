using System.Text.Json;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Streaming;

namespace Sluice.Simulator.Dialects.OpenAi;

/// <summary>OpenAI's chat completions.</summary>
/// <param name="stopName">What the family calls the reason for stopping: <c>finish_reason</c>, or Mistral's <c>stop_reason</c>.</param>
internal sealed class ChatDialect(string stopName = "finish_reason") : IDialect
{
    public Prompt Read(JsonElement body, BedrockModel model) => ChatReader.Read(body, model);

    public void Write(Utf8JsonWriter json, Reply reply)
    {
        WriteHead(json, reply, "chat.completion"u8);
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        if (reply.Tool is { } tool)
        {
            json.WriteNull("content"u8);
            json.WriteStartArray("tool_calls"u8);
            WriteToolCall(json, reply, tool.Name, tool.Input.Span, withIndex: false);
            json.WriteEndArray();
        }
        else
        {
            json.WriteString("content"u8, reply.Text.Span);
            json.WriteNull("refusal"u8);
        }
        json.WriteEndObject();
        json.WriteString(stopName, Reason(reply));
        json.WriteNull("logprobs"u8);
        json.WriteEndObject();
        json.WriteEndArray();
        WriteUsage(json, reply);
        BedrockFields.WriteReply(json, reply);
        json.WriteEndObject();
    }

    public IEnumerable<StreamEvent> WriteStream(Utf8JsonWriter json, Reply reply)
    {
        var id = reply.Dice.NextId(24);
        WriteChunk(json, reply, id, delta =>
        {
            delta.WriteString("role"u8, "assistant"u8);
            delta.WriteString("content"u8, ""u8);
        });
        json.WriteEndObject();
        yield return default;

        var tokens = 0;
        if (reply.Tool is { } tool)
        {
            WriteChunk(json, reply, id, delta => WriteCalls(delta, reply, tool.Name, []));
            json.WriteEndObject();
            yield return default;
        }
        foreach (var piece in TextPieces.Split(reply.Tool?.Input ?? reply.Text, reply.TokensPerFrame))
        {
            WriteChunk(json, reply, id, delta =>
            {
                if (reply.Tool is null)
                    delta.WriteString("content"u8, piece.Span);
                else
                    WriteCalls(delta, reply, null, piece.Span);
            });
            json.WriteEndObject();
            yield return new(default, tokens += reply.TokensPerFrame);
        }
        WriteChunk(json, reply, id, _ => { }, Reason(reply));
        BedrockFields.WriteLastChunk(json, reply);
        json.WriteEndObject();
        yield return new(default, tokens);

        if (reply.Prompt.StreamsUsage && !reply.ReportsMetrics)
        {
            WriteHead(json, reply, "chat.completion.chunk"u8, id);
            json.WriteStartArray("choices"u8);
            json.WriteEndArray();
            WriteUsage(json, reply);
            json.WriteEndObject();
            yield return new(default, tokens);
        }
    }

    /// <summary>Here, unlike everywhere else in Bedrock, the prompt's tokens include those that were cached.</summary>
    private static void WriteUsage(Utf8JsonWriter json, Reply reply)
    {
        var usage = reply.Usage;
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, usage.ContextTokens);
        json.WriteNumber("completion_tokens"u8, usage.Output);
        json.WriteNumber("total_tokens"u8, usage.ContextTokens + usage.Output);
        if (usage.ContextTokens > usage.Input)
        {
            json.WriteStartObject("prompt_tokens_details"u8);
            json.WriteNumber("cached_tokens"u8, usage.CacheRead);
            json.WriteNumber("cache_write_tokens"u8, usage.CacheWrite5m);
            json.WriteEndObject();
        }
        if (reply.HiddenReasoning > 0)
        {
            json.WriteStartObject("completion_tokens_details"u8);
            json.WriteNumber("reasoning_tokens"u8, reply.HiddenReasoning);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private void WriteChunk(Utf8JsonWriter json, Reply reply, string id, Action<Utf8JsonWriter> delta, string? reason = null)
    {
        WriteHead(json, reply, "chat.completion.chunk"u8, id);
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        json.WriteStartObject("delta"u8);
        delta(json);
        json.WriteEndObject();
        json.WriteString(stopName, reason);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteHead(Utf8JsonWriter json, Reply reply, ReadOnlySpan<byte> kind, string? id = null)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, "chatcmpl-" + (id ?? reply.Dice.NextId(24)));
        json.WriteString("object"u8, kind);
        json.WriteNumber("created"u8, reply.Time.ToUnixTimeSeconds());
        json.WriteString("model"u8, reply.RequestedModel);
        if (reply.Tier is not null)
            json.WriteString("service_tier"u8, reply.Tier);
    }

    private static void WriteCalls(Utf8JsonWriter json, Reply reply, string? name, ReadOnlySpan<byte> arguments)
    {
        json.WriteStartArray("tool_calls"u8);
        WriteToolCall(json, reply, name, arguments, withIndex: true);
        json.WriteEndArray();
    }

    private static void WriteToolCall(Utf8JsonWriter json, Reply reply, string? name, ReadOnlySpan<byte> arguments, bool withIndex)
    {
        json.WriteStartObject();
        if (withIndex)
            json.WriteNumber("index"u8, 0);
        if (name is not null)
        {
            json.WriteString("id"u8, "chatcmpl-tool-" + reply.Dice.NextId(24));
            json.WriteString("type"u8, "function"u8);
        }
        json.WriteStartObject("function"u8);
        if (name is not null)
            json.WriteString("name"u8, name);
        json.WriteString("arguments"u8, arguments);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Reason(Reply reply) => reply.Stop switch
    {
        StopReason.MaxTokens => "length",
        StopReason.ToolUse => "tool_calls",
        StopReason.GuardrailIntervened => "content_filter",
        _ => "stop",
    };
}
