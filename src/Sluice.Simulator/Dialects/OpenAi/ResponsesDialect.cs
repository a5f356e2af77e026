using System.Text.Json;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;
using Sluice.Simulator.Streaming;

namespace Sluice.Simulator.Dialects.OpenAi;

/// <summary>OpenAI's Responses API, without its stored conversations and built-in tools.</summary>
internal sealed class ResponsesDialect : IDialect
{
    public Prompt Read(JsonElement body, BedrockModel model)
    {
        var prompt = new Prompt
        {
            Body = body,
            MaxTokens = TokenLimit.Check(body.Int("max_output_tokens"u8), model, "max_output_tokens"),
            Streamed = body.Flag("stream"u8),
        };
        ChatReader.ReadTools(prompt, body, body.Field("tool_choice"u8));
        if (body.Field("instructions"u8) is { ValueKind: JsonValueKind.String } instructions)
            prompt.Add(Section.System, "system", instructions, Prompt.Count(instructions));
        switch (body.Field("input"u8))
        {
            case { ValueKind: JsonValueKind.String } text:
                prompt.AddText(text);
                break;
            case { ValueKind: JsonValueKind.Array } items when items.GetArrayLength() > 0:
                var index = 0;
                foreach (var item in items.EnumerateArray())
                {
                    if (item.Text("role"u8) is { } role)
                        ChatReader.ReadContent(prompt, role, item, index++);
                    else
                        prompt.Add(Section.Messages, item.Text("type"u8) ?? "", item, Prompt.Count(item) + MediaTokens.Message);
                }
                break;
            default:
                throw Refusal.MissingKey("input");
        }
        ChatReader.ReadFormat(prompt, body.Field("text"u8)?.Field("format"u8));
        JsonDemand.Detect(prompt);
        return prompt;
    }

    public void Write(Utf8JsonWriter json, Reply reply)
    {
        var ids = new Ids(reply);
        json.WriteStartObject();
        WriteResponse(json, reply, ids, done: true);
        json.WriteEndObject();
    }

    public IEnumerable<StreamEvent> WriteStream(Utf8JsonWriter json, Reply reply)
    {
        var ids = new Ids(reply);
        var events = new Events(json);
        foreach (var name in (string[])["response.created", "response.in_progress"])
        {
            var started = events.Open(name);
            json.WriteStartObject("response"u8);
            WriteResponse(json, reply, ids, done: false);
            json.WriteEndObject();
            json.WriteEndObject();
            yield return started;
        }

        var added = events.Open("response.output_item.added");
        json.WriteNumber("output_index"u8, 0);
        json.WritePropertyName("item"u8);
        WriteItem(json, reply, ids, done: false);
        json.WriteEndObject();
        yield return added;

        var tokens = 0;
        var (deltaName, doneName, doneField) = reply.Tool is null
            ? ("response.output_text.delta", "response.output_text.done", "text")
            : ("response.function_call_arguments.delta", "response.function_call_arguments.done", "arguments");
        if (reply.Tool is null)
        {
            var part = events.OpenPart("response.content_part.added", ids);
            WritePart(json, []);
            json.WriteEndObject();
            yield return part;
        }
        foreach (var piece in TextPieces.Split(reply.Tool?.Input ?? reply.Text, reply.TokensPerFrame))
        {
            var delta = events.OpenContent(deltaName, ids, reply.Tool is null, tokens += reply.TokensPerFrame);
            json.WriteString("delta"u8, piece.Span);
            json.WriteEndObject();
            yield return delta;
        }
        var whole = events.OpenContent(doneName, ids, reply.Tool is null, tokens);
        json.WriteString(doneField, (reply.Tool?.Input ?? reply.Text).Span);
        json.WriteEndObject();
        yield return whole;
        if (reply.Tool is null)
        {
            var part = events.OpenPart("response.content_part.done", ids, tokens);
            WritePart(json, reply.Text.Span);
            json.WriteEndObject();
            yield return part;
        }
        var item = events.Open("response.output_item.done", tokens);
        json.WriteNumber("output_index"u8, 0);
        json.WritePropertyName("item"u8);
        WriteItem(json, reply, ids, done: true);
        json.WriteEndObject();
        yield return item;

        var completed = events.Open(reply.Stop == StopReason.MaxTokens ? "response.incomplete" : "response.completed", tokens);
        json.WriteStartObject("response"u8);
        WriteResponse(json, reply, ids, done: true);
        json.WriteEndObject();
        json.WriteEndObject();
        yield return completed;
    }

    /// <summary>Writes the fields of the response object, whose opening brace is written.</summary>
    private static void WriteResponse(Utf8JsonWriter json, Reply reply, Ids ids, bool done)
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

    private static void WriteItem(Utf8JsonWriter json, Reply reply, Ids ids, bool done)
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

    private static void WritePart(Utf8JsonWriter json, ReadOnlySpan<byte> text)
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

    private sealed class Ids(Reply reply)
    {
        public string Response { get; } = "resp_" + reply.Dice.NextId(40);

        public string Item { get; } = (reply.Tool is null ? "msg_" : "fc_") + reply.Dice.NextId(40);

        public string Call { get; } = "call_" + reply.Dice.NextId(24);
    }

    /// <summary>Opens the events of one stream, which are numbered.</summary>
    private sealed class Events(Utf8JsonWriter json)
    {
        private int _number;

        public StreamEvent Open(string type, int tokens = 0)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            json.WriteNumber("sequence_number"u8, _number++);
            return new StreamEvent(System.Text.Encoding.ASCII.GetBytes(type), tokens);
        }

        public StreamEvent OpenPart(string type, Ids ids, int tokens = 0) => OpenContent(type, ids, isText: true, tokens);

        public StreamEvent OpenContent(string type, Ids ids, bool isText, int tokens)
        {
            var opened = Open(type, tokens);
            json.WriteString("item_id"u8, ids.Item);
            json.WriteNumber("output_index"u8, 0);
            if (isText)
                json.WriteNumber("content_index"u8, 0);
            return opened;
        }
    }
}
