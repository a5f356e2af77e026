using System.Text.Json;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;

namespace Sluice.Simulator.Dialects.OpenAi;

/// <summary>The objects of the Responses API, which a plain reply and the events of a stream share.</summary>
internal static class ResponseParts
{
    /// <summary>Writes the fields of the response object, whose opening brace is written.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="reply">What was answered, or will have been.</param>
    /// <param name="ids">Its identifiers.</param>
    /// <param name="done">Whether it is whole.</param>
    /// <param name="waiting">Its status while it isn't.</param>
    public static void WriteResponse(Utf8JsonWriter json, Reply reply, ResponseIds ids, bool done, string waiting = "in_progress")
    {
        var cut = reply.Stop == StopReason.MaxTokens;
        json.WriteString("id"u8, ids.Response);
        json.WriteString("object"u8, "response"u8);
        json.WriteNumber("created_at"u8, reply.Time.ToUnixTimeSeconds());
        json.WriteString("status"u8, !done ? waiting : cut ? "incomplete" : "completed");
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
        {
            for (var call = 0; call < ids.Searches.Count; call++)
                WriteSearch(json, ids, call, done: true);
            WriteItem(json, reply, ids, done: true);
        }
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
        if (done && reply.WebSearches > 0)
        {
            json.WriteStartObject("tool_usage"u8);
            json.WriteStartObject("web_search"u8);
            json.WriteNumber("num_requests"u8, reply.WebSearches);
            json.WriteEndObject();
            json.WriteEndObject();
        }
    }

    /// <summary>The searches, and behind them a page that was opened: an item of the same type that isn't charged.</summary>
    public static void WriteSearch(Utf8JsonWriter json, ResponseIds ids, int call, bool done)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, ids.Searches[call]);
        json.WriteString("type"u8, "web_search_call"u8);
        json.WriteString("status"u8, done ? "completed"u8 : "in_progress"u8);
        if (done)
        {
            var opens = call == ids.Searches.Count - 1;
            json.WriteStartObject("action"u8);
            json.WriteString("type"u8, opens ? "open_page"u8 : "search"u8);
            json.WriteString(opens ? "url"u8 : "query"u8, opens ? "https://example.com/"u8 : "simulated"u8);
            json.WriteEndObject();
        }
        json.WriteEndObject();
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
        json.WriteNumber("reasoning_tokens"u8, reply.HiddenReasoning);
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

    /// <summary>Those of the items before the answer's: one for each search, and one for a page that was opened.</summary>
    public IReadOnlyList<string> Searches { get; } =
        [.. Enumerable.Range(0, reply.WebSearches == 0 ? 0 : reply.WebSearches + 1).Select(_ => "ws_" + reply.Dice.NextId(40))];
}
