using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Bedrock.EventStreams;

namespace Sluice.Bedrock.Tests.Replies.Forms;

/// <summary>Answers of each family, plain and as their upstream would stream them, cut anywhere. A seed decides which.</summary>
internal sealed class RandomAnswers(Random random)
{
    private static readonly string[] Words = ["Grüße", "帳簿", "👩‍🚀", "a\nb", "tab\t", "\"quoted\"", "back\\slash", "</script>", "\u0001", "é", "🙂", "plain", " ", "x{\"y\":[1]}"];

    public JsonObject Converse()
    {
        var content = new JsonArray();
        for (var i = random.Next(0, 5); i > 0; i--)
        {
            content.Add(random.Next(4) switch
            {
                0 => new JsonObject { ["toolUse"] = Optional(new JsonObject { ["toolUseId"] = Text(1), ["name"] = Text(1), ["input"] = Value(3) }, "type", "server_tool_use") },
                1 => new JsonObject { ["reasoningContent"] = new JsonObject { ["reasoningText"] = Optional(new JsonObject { ["text"] = Text() }, "signature", Text(1)) } },
                2 when random.Next(3) == 0 => new JsonObject { ["reasoningContent"] = new JsonObject { ["redactedContent"] = "AQID/+4=" } },
                _ => new JsonObject { ["text"] = Text() },
            });
        }
        var reply = new JsonObject
        {
            ["output"] = new JsonObject { ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = content } },
            ["stopReason"] = Text(1),
            ["usage"] = new JsonObject { ["inputTokens"] = random.Next(9999), ["outputTokens"] = random.Next(9999), ["totalTokens"] = random.Next(9999), ["cacheReadInputTokens"] = random.Next(99) },
            ["metrics"] = new JsonObject { ["latencyMs"] = random.Next(9999) },
        };
        Optional(reply, "trace", new JsonObject { ["promptRouter"] = new JsonObject { ["invokedModelId"] = "arn:x" } });
        Optional(reply, "serviceTier", new JsonObject { ["type"] = "flex" });
        Optional(reply, "performanceConfig", new JsonObject { ["latency"] = "optimized" });
        return Optional(reply, "additionalModelResponseFields", new JsonObject { ["stop_sequence"] = null });
    }

    public JsonObject Message()
    {
        var content = new JsonArray();
        for (var i = random.Next(0, 5); i > 0; i--)
        {
            content.Add(random.Next(5) switch
            {
                0 => new JsonObject { ["type"] = "tool_use", ["id"] = Text(1), ["name"] = Text(1), ["input"] = Value(3) },
                1 => new JsonObject { ["type"] = "thinking", ["thinking"] = Text(), ["signature"] = Text(1) },
                2 => new JsonObject { ["type"] = "redacted_thinking", ["data"] = "AQID" },
                3 => new JsonObject { ["type"] = "web_search_tool_result", ["tool_use_id"] = "t", ["content"] = new JsonArray(Value(2)) },
                _ => Optional(new JsonObject { ["type"] = "text", ["text"] = Text() }, "citations", null),
            });
        }
        return new JsonObject
        {
            ["id"] = "msg_bdrk_01",
            ["type"] = "message",
            ["role"] = "assistant",
            ["model"] = "claude-sonnet-4-5-20250929",
            ["content"] = content,
            ["stop_reason"] = "end_turn",
            ["stop_sequence"] = random.Next(2) == 0 ? null : "\n\nStop",
            ["usage"] = Optional(
                new JsonObject { ["input_tokens"] = random.Next(9999), ["cache_read_input_tokens"] = random.Next(99), ["cache_creation_input_tokens"] = 0, ["output_tokens"] = random.Next(1, 999) },
                "service_tier", "standard"),
        };
    }

    public JsonObject Completion()
    {
        var choices = new JsonArray();
        for (var i = random.Next(1, 3); i > 0; i--)
        {
            var message = new JsonObject { ["role"] = "assistant" };
            var isCall = random.Next(2) == 0;
            message["content"] = isCall ? null : Text();
            Optional(message, "refusal", null);
            Optional(message, "reasoning_content", Text());
            if (isCall)
            {
                message["tool_calls"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (JsonNode)new JsonObject
                {
                    ["id"] = Text(1), ["type"] = "function", ["function"] = new JsonObject { ["name"] = Text(1), ["arguments"] = Value(3)!.ToJsonString() },
                })]);
            }
            choices.Add((JsonNode)Optional(new JsonObject { ["index"] = choices.Count, ["message"] = message, ["finish_reason"] = isCall ? "tool_calls" : "stop" }, "logprobs", null));
        }
        return Optional(new JsonObject
        {
            ["id"] = "chatcmpl-1",
            ["object"] = "chat.completion",
            ["created"] = 1,
            ["model"] = "m",
            ["choices"] = choices,
            ["usage"] = new JsonObject { ["prompt_tokens"] = random.Next(999), ["completion_tokens"] = random.Next(999), ["total_tokens"] = random.Next(999) },
        }, "service_tier", "flex");
    }

    public byte[] ConverseStream(JsonObject reply)
    {
        var frames = new ArrayBufferWriter<byte>();
        void Add(string name, string members) => EventStreamEncoder.WriteEvent(frames, Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes($$"""{{{members}}{{(members.Length > 0 ? "," : "")}}"p":"abc"}"""));
        var message = reply["output"]!["message"]!;
        Add("messageStart", """ "role":"assistant" """);
        var index = 0;
        foreach (var block in message["content"]!.AsArray())
        {
            var at = $"\"contentBlockIndex\":{index++}";
            void Deltas(string text, Func<string, string> delta)
            {
                foreach (var piece in Cut(text))
                    Add("contentBlockDelta", $$"""{{at}},"delta":{{delta(piece)}}""");
            }
            if (block!["text"] is { } text)
                Deltas(text.GetValue<string>(), p => $$"""{"text":{{p}}}""");
            else if (block["toolUse"] is JsonObject tool)
            {
                var start = (JsonObject)tool.DeepClone();
                start.Remove("input");
                Add("contentBlockStart", $$"""{{at}},"start":{"toolUse":{{start.ToJsonString()}}}""");
                Deltas(tool["input"]!.ToJsonString(), p => $$$"""{"toolUse":{"input":{{{p}}}}}""");
            }
            else if (block["reasoningContent"]!["reasoningText"] is { } reasoning)
            {
                Deltas(reasoning["text"]!.GetValue<string>(), p => $$$"""{"reasoningContent":{"text":{{{p}}}}}""");
                if (reasoning["signature"] is { } signature)
                    Add("contentBlockDelta", $$$"""{{{at}}},"delta":{"reasoningContent":{"signature":{{{Quote(signature.GetValue<string>())}}}}}""");
            }
            else
                Add("contentBlockDelta", $$$"""{{{at}}},"delta":{"reasoningContent":{{{block["reasoningContent"]!.ToJsonString()}}}}""");
            Add("contentBlockStop", at);
        }
        Add("messageStop", Members(reply, "stopReason", "additionalModelResponseFields"));
        Add("metadata", Members(reply, "usage", "metrics", "trace", "serviceTier", "performanceConfig"));
        return frames.WrittenSpan.ToArray();
    }

    /// <param name="message">What is told.</param>
    /// <param name="metrics">What InvokeModel's last event has more than that of the Messages path.</param>
    public List<string> MessageEvents(JsonObject message, string metrics = "")
    {
        var head = (JsonObject)message.DeepClone();
        head["content"] = new JsonArray();
        head["stop_reason"] = head["stop_sequence"] = null;
        head["usage"]!["output_tokens"] = 1;
        List<string> events = [$$"""{"type":"message_start","message":{{head.ToJsonString()}}}""", """{"type":"ping"}"""];
        var index = 0;
        foreach (var block in message["content"]!.AsArray().Select(b => (JsonObject)b!))
        {
            var start = (JsonObject)block.DeepClone();
            (string Field, string Type, string Name)[] told = [("text", "text_delta", "text"), ("thinking", "thinking_delta", "thinking"), ("signature", "signature_delta", "signature"), ("input", "input_json_delta", "partial_json")];
            foreach (var (field, _, _) in told.Where(t => block.ContainsKey(t.Field)))
                start[field] = field == "input" ? new JsonObject() : "";
            events.Add($$"""{"type":"content_block_start","index":{{index}},"content_block":{{start.ToJsonString()}}}""");
            foreach (var (field, type, name) in told.Where(t => block.ContainsKey(t.Field)))
            {
                foreach (var piece in Cut(field == "input" ? block[field]!.ToJsonString() : block[field]!.GetValue<string>()))
                    events.Add($$$"""{"type":"content_block_delta","index":{{{index}}},"delta":{"type":"{{{type}}}","{{{name}}}":{{{piece}}}}}""");
            }
            events.Add($$"""{"type":"content_block_stop","index":{{index++}}}""");
        }
        events.Add($$$"""{"type":"message_delta","delta":{{{{Members(message, "stop_reason", "stop_sequence")}}}},"usage":{"output_tokens":{{{message["usage"]!["output_tokens"]}}}}}""");
        events.Add($$"""{"type":"message_stop"{{metrics}}}""");
        return events;
    }

    public List<string> CompletionChunks(JsonObject completion)
    {
        var head = Members(completion, "id", "created", "model", "service_tier") + ""","object":"chat.completion.chunk" """;
        List<string> chunks = [];
        void Add(int index, string delta, string more = "") => chunks.Add($$$"""{{{{head}}},"choices":[{"index":{{{index}}},"delta":{{{{delta}}}},"finish_reason":null{{{more}}}}],"usage":null}""");
        foreach (var choice in completion["choices"]!.AsArray().Select(c => (JsonObject)c!))
        {
            var index = choice["index"]!.GetValue<int>();
            var message = (JsonObject)choice["message"]!;
            Add(index, """ "role":"assistant","content":"" """);
            foreach (var (name, value) in message.Where(m => m.Key is not ("role" or "tool_calls")))
            {
                if (value is null)
                    Add(index, $"\"{name}\":null");
                else
                {
                    foreach (var piece in Cut(value.GetValue<string>()))
                        Add(index, $"\"{name}\":{piece}");
                }
            }
            var number = 0;
            foreach (var call in message["tool_calls"]?.AsArray().Select(c => c!) ?? [])
            {
                Add(index, $$$""" "tool_calls":[{"index":{{{number}}},"id":{{{call["id"]!.ToJsonString()}}},"type":"function","function":{"name":{{{call["function"]!["name"]!.ToJsonString()}}},"arguments":""}}]""");
                foreach (var piece in Cut(call["function"]!["arguments"]!.GetValue<string>()))
                    Add(index, $$$""" "tool_calls":[{"index":{{{number}}},"function":{"arguments":{{{piece}}}}}]""");
                number++;
            }
            chunks.Add($$$"""{{{{head}}},"choices":[{"index":{{{index}}},"delta":{},"finish_reason":"{{{choice["finish_reason"]}}}"{{{(choice.ContainsKey("logprobs") ? ",\"logprobs\":null" : "")}}}}]}""");
        }
        chunks.Add($$"""{{{head}},"choices":[],"usage":{{completion["usage"]!.ToJsonString()}}}""");
        return chunks;
    }

    public static byte[] ServerSent(IEnumerable<string> events, bool named, string end = "")
    {
        var lines = events.Select(e => (named ? $"event: {JsonNode.Parse(e)!["type"]}\r\n" : "") + $"data: {e}\r\n\r\n");
        return Encoding.UTF8.GetBytes(": a comment\n\n" + string.Concat(lines) + end);
    }

    public static byte[] Chunks(IEnumerable<string> events)
    {
        var frames = new ArrayBufferWriter<byte>();
        foreach (var e in events)
            EventStreamEncoder.WriteEvent(frames, "chunk"u8, Encoding.UTF8.GetBytes($$"""{"bytes":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(e))}}","p":"ab"}"""));
        return frames.WrittenSpan.ToArray();
    }

    private static string Members(JsonObject of, params IEnumerable<string> names) =>
        string.Join(',', names.Where(of.ContainsKey).Select(n => $"\"{n}\":{of[n]?.ToJsonString() ?? "null"}"));

    private JsonObject Optional(JsonObject to, string name, JsonNode? value)
    {
        if (random.Next(2) == 0)
            to[name] = value;
        return to;
    }

    private JsonNode Value(int depth) => depth == 0 ? Text(1) : new JsonObject
    {
        ["a"] = Text(),
        ["b"] = random.Next(),
        ["c"] = random.NextDouble(),
        ["d"] = null,
        ["e"] = new JsonArray(true, Value(depth - 1)),
    };

    private string Text(int least = 0) => string.Concat(Enumerable.Range(0, random.Next(least, 8)).Select(_ => Words[random.Next(Words.Length)]));

    /// <summary>Pieces as JSON strings, cut between any two UTF-16 units; at least one.</summary>
    private IEnumerable<string> Cut(string text)
    {
        var at = 0;
        do
        {
            var length = Math.Min(text.Length - at, random.Next(1, 6));
            yield return Quote(text.Substring(at, length));
            at += length;
        }
        while (at < text.Length);
    }

    /// <summary>Half a surrogate pair can be written as an escape alone.</summary>
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var unit in text)
            quoted.Append(char.IsSurrogate(unit) || unit is '"' or '\\' or < ' ' ? string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}") : unit.ToString());
        return quoted.Append('"').ToString();
    }
}
