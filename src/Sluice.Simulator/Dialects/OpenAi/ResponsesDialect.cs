using System.Text.Json;
using Sluice.Simulator.Models;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Replies;
using Sluice.Simulator.Serving;
using Sluice.Simulator.Streaming;

namespace Sluice.Simulator.Dialects.OpenAi;

/// <summary>OpenAI's Responses API, without its stored conversations; of built-in tools, web search alone, on demand.</summary>
internal sealed class ResponsesDialect : IDialect
{
    public Prompt Read(JsonElement body, BedrockModel model)
    {
        var prompt = new Prompt
        {
            Body = body,
            MaxTokens = TokenLimit.Check(body.Int("max_output_tokens"u8), model, "max_output_tokens"),
            Streamed = body.Flag("stream"u8),
            IsBackground = body.Flag("background"u8),
        };
        if (prompt is { Streamed: true, IsBackground: true })
            throw Refusal.Validation("The simulator doesn't stream background responses. Leave out stream, and ask for the response by its id.");
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

    public void Write(Utf8JsonWriter json, Reply reply) => Write(json, reply, done: !reply.Prompt.IsBackground, "queued");

    /// <summary>The response as it stands once it is done, or while it isn't.</summary>
    public static void Write(Utf8JsonWriter json, Reply reply, bool done, string waiting)
    {
        json.WriteStartObject();
        ResponseParts.WriteResponse(json, reply, reply.Ids ?? new ResponseIds(reply), done, waiting);
        json.WriteEndObject();
    }

    public IEnumerable<StreamEvent> WriteStream(Utf8JsonWriter json, Reply reply)
    {
        var ids = reply.Ids ?? new ResponseIds(reply);
        var events = new Events(json, ids.Searches.Count);
        foreach (var name in (string[])["response.created", "response.in_progress"])
        {
            var started = events.Open(name);
            json.WriteStartObject("response"u8);
            ResponseParts.WriteResponse(json, reply, ids, done: false);
            json.WriteEndObject();
            json.WriteEndObject();
            yield return started;
        }

        for (var call = 0; call < ids.Searches.Count; call++)
        {
            foreach (var (name, done) in ((string, bool)[])[("response.output_item.added", false), ("response.output_item.done", true)])
            {
                var searched = events.Open(name);
                json.WriteNumber("output_index"u8, call);
                json.WritePropertyName("item"u8);
                ResponseParts.WriteSearch(json, ids, call, done);
                json.WriteEndObject();
                yield return searched;
            }
        }

        var added = events.Open("response.output_item.added");
        json.WriteNumber("output_index"u8, ids.Searches.Count);
        json.WritePropertyName("item"u8);
        ResponseParts.WriteItem(json, reply, ids, done: false);
        json.WriteEndObject();
        yield return added;

        var tokens = 0;
        var (deltaName, doneName, doneField) = reply.Tool is null
            ? ("response.output_text.delta", "response.output_text.done", "text")
            : ("response.function_call_arguments.delta", "response.function_call_arguments.done", "arguments");
        if (reply.Tool is null)
        {
            var part = events.OpenPart("response.content_part.added", ids);
            ResponseParts.WritePart(json, []);
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
            ResponseParts.WritePart(json, reply.Text.Span);
            json.WriteEndObject();
            yield return part;
        }
        var item = events.Open("response.output_item.done", tokens);
        json.WriteNumber("output_index"u8, ids.Searches.Count);
        json.WritePropertyName("item"u8);
        ResponseParts.WriteItem(json, reply, ids, done: true);
        json.WriteEndObject();
        yield return item;

        var completed = events.Open(reply.Stop == StopReason.MaxTokens ? "response.incomplete" : "response.completed", tokens);
        json.WriteStartObject("response"u8);
        ResponseParts.WriteResponse(json, reply, ids, done: true);
        json.WriteEndObject();
        json.WriteEndObject();
        yield return completed;
    }

    /// <summary>Opens the events of one stream, which are numbered.</summary>
    private sealed class Events(Utf8JsonWriter json, int outputIndex)
    {
        private int _number;

        public StreamEvent Open(string type, int tokens = 0)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, type);
            json.WriteNumber("sequence_number"u8, _number++);
            return new StreamEvent(System.Text.Encoding.ASCII.GetBytes(type), tokens);
        }

        public StreamEvent OpenPart(string type, ResponseIds ids, int tokens = 0) => OpenContent(type, ids, isText: true, tokens);

        public StreamEvent OpenContent(string type, ResponseIds ids, bool isText, int tokens)
        {
            var opened = Open(type, tokens);
            json.WriteString("item_id"u8, ids.Item);
            json.WriteNumber("output_index"u8, outputIndex);
            if (isText)
                json.WriteNumber("content_index"u8, 0);
            return opened;
        }
    }
}
