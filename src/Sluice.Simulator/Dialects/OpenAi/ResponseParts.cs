using System.Text.Json;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;

namespace Sluice.Simulator.Dialects.OpenAi;

/// <summary>The objects of the Responses API, which a plain reply and the events of a stream share.</summary>
internal static class ResponseParts
{
    /// <summary>Writes the fields of the response object, whose opening brace is written.</summary>
    public static void WriteResponse(Utf8JsonWriter json, Reply reply, ResponseIds ids, bool done)
    {
        var cut = reply.Stop == StopReason.MaxTokens;
        json.WriteString("id"u8, ids.Response);
        json.WriteString("object"u8, "response"u8);
        json.WriteNumber("created_at"u8, reply.Time.ToUnixTimeSeconds());
        json.WriteString("status"u8, !done ? "in_progress"u8 : cut ? "incomplete"u8 : "completed"u8);
        json.WriteNull("error"u8);
        if (done && cut)
        {
            json.WriteStartObject("incomplete_details"u8);
            json.WriteString("reason"u8, "max_output_tokens"u8);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("incomplete_details"u8);
        }
        json.WriteString("instructions"u8, reply.Prompt.Body.Text("instructions"u8));
        json.WriteString("model"u8, reply.RequestedModel);
        json.WriteStartArray("output"u8);
        if (done)
            WriteItem(json, reply, ids, done: true);
        json.WriteEndArray();
        json.WriteBoolean("parallel_tool_calls"u8, true);
        json.WriteString("service_tier"u8, reply.Tier ?? "default");
        json.WriteNull("temperature"u8);
        json.WriteString("tool_choice"u8, "auto"u8);
        json.WriteStartArray("tools"u8);
        json.WriteEndArray();
        json.WriteNull("top_p"u8);
        json.WriteStartObject("metadata"u8);
        json.WriteEndObject();
        if (done)
            WriteUsage(json, reply);
        else
            json.WriteNull("usage"u8);
    }

    /// <summary>As in the chat API, input includes what was cached.</summary>
    private static void WriteUsage(Utf8JsonWriter json, Reply reply)
    {
        var usage = reply.Usage;
        json.WriteStartObject("usage"u8);
        json.WriteNumber("input_tokens"u8, usage.ContextTokens);
        json.WriteStartObject("input_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage.CacheRead);
        json.WriteNumber("cache_write_tokens"u8, usage.CacheWrite5m);
        json.WriteEndObject();
        json.WriteNumber("output_tokens"u8, usage.Output);
        json.WriteStartObject("output_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, 0);
        json.WriteEndObject();
        json.WriteNumber("total_tokens"u8, usage.ContextTokens + usage.Output);
        json.WriteEndObject();
    }

    public static void WriteItem(Utf8JsonWriter json, Reply reply, ResponseIds ids, bool done)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, ids.Item);
        json.WriteString("type"u8, reply.Tool is null ? "message"u8 : "function_call"u8);
        json.WriteString("status"u8, !done ? "in_progress"u8 : reply.Stop == StopReason.MaxTokens ? "incomplete"u8 : "completed"u8);
        if (reply.Tool is { } tool)
        {
            json.WriteString("call_id"u8, ids.Call);
            json.WriteString("name"u8, tool.Name);
            json.WriteString("arguments"u8, done ? tool.Input.Span : []);
        }
        else
        {
            json.WriteString("role"u8, "assistant"u8);
            json.WriteStartArray("content"u8);
            if (done)
                WritePartValue(json, reply.Text.Span);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    public static void WritePart(Utf8JsonWriter json, ReadOnlySpan<byte> text)
    {
        json.WritePropertyName("part"u8);
        WritePartValue(json, text);
    }

    private static void WritePartValue(Utf8JsonWriter json, ReadOnlySpan<byte> text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "output_text"u8);
        json.WriteStartArray("annotations"u8);
        json.WriteEndArray();
        json.WriteStartArray("logprobs"u8);
        json.WriteEndArray();
        json.WriteString("text"u8, text);
        json.WriteEndObject();
    }
}

/// <summary>The identifiers of one response, which its events repeat.</summary>
internal sealed class ResponseIds(Reply reply)
{
    public string Response { get; } = "resp_" + reply.Dice.NextId(40);

    public string Item { get; } = (reply.Tool is null ? "msg_" : "fc_") + reply.Dice.NextId(40);

    public string Call { get; } = "call_" + reply.Dice.NextId(24);
}
