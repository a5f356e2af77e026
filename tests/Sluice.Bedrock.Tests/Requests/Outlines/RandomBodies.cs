using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sluice.Core.Invocations;

namespace Sluice.Bedrock.Tests.Requests.Outlines;

/// <summary>Request bodies of the outlined dialects with any text in them, and other ways to write the same body.</summary>
internal static class RandomBodies
{
    public static readonly Dialect[] Dialects = [Dialect.Converse, Dialect.Anthropic, Dialect.Nova, Dialect.OpenAi];

    private static readonly string[] Pieces =
        ["a", "word ", "\"", "\\", "\n", "\t", "</table>", "{\"text\":1}", "é", "漢字", "😀", "\u0000", "\u2028", "Ω", "cachePoint", "0", "  "];

    private static readonly JsonSerializerOptions[] Spellings =
    [
        new(),
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping },
        new() { WriteIndented = true },
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping },
    ];

    public static string Text(Random random)
    {
        var text = new StringBuilder("t");
        for (var left = random.Next(8); left > 0; left--)
            text.Append(Pieces[random.Next(Pieces.Length)]);
        return text.ToString();
    }

    /// <summary>A body without cache points of its own.</summary>
    public static JsonObject Body(Dialect dialect, Random random) => dialect switch
    {
        Dialect.Converse => Converse(random),
        Dialect.Nova => Nova(random),
        Dialect.Anthropic => Anthropic(random),
        _ => OpenAi(random),
    };

    /// <summary>The same body written anew: members in another order, other white space, other escapes, numbers with a point.</summary>
    public static byte[] Respell(JsonNode body, Random random)
    {
        var text = Shuffle(body, random)!.ToJsonString(Spellings[random.Next(Spellings.Length)]);
        return Encoding.UTF8.GetBytes(text);
    }

    public static byte[] Write(JsonNode body, Random random) => Encoding.UTF8.GetBytes(body.ToJsonString(Spellings[random.Next(Spellings.Length)]));

    private static JsonNode? Shuffle(JsonNode? node, Random random)
    {
        switch (node)
        {
            case JsonObject o:
                var members = o.ToArray();
                random.Shuffle(members);
                return new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, Shuffle(m.Value, random))));
            case JsonArray a:
                return new JsonArray([.. a.Select(item => Shuffle(item, random))]);
            case JsonValue v when v.GetValueKind() == JsonValueKind.Number && random.Next(2) == 0:
                var plain = v.GetValue<decimal>();
                return JsonNode.Parse(random.Next(3) switch
                {
                    0 => plain.ToString("0.0###", CultureInfo.InvariantCulture),
                    1 => (plain * 10).ToString("0.####", CultureInfo.InvariantCulture) + "e-1",
                    _ => (plain / 100).ToString("0.######", CultureInfo.InvariantCulture) + "E+2",
                });
            default:
                return node?.DeepClone();
        }
    }

    private static JsonObject Converse(Random random)
    {
        var body = new JsonObject();
        if (random.Next(2) == 0)
            body["inferenceConfig"] = Some(random, ("maxTokens", Number(random)), ("temperature", Fraction(random)), ("topP", Fraction(random)), ("stopSequences", new JsonArray(Text(random))));
        body["messages"] = Messages(random, _ => ConverseContent(random));
        if (random.Next(2) == 0)
            body["system"] = Many(random, () => new JsonObject { ["text"] = Text(random) });
        if (random.Next(2) == 0)
            body["toolConfig"] = new JsonObject { ["tools"] = Many(random, () => new JsonObject { ["toolSpec"] = new JsonObject { ["name"] = Text(random), ["inputSchema"] = new JsonObject { ["json"] = Schema(random) } } }) };
        if (random.Next(3) == 0)
            body["guardrailConfig"] = new JsonObject { ["guardrailIdentifier"] = "g", ["guardrailVersion"] = "1" };
        if (random.Next(3) == 0)
            body["additionalModelRequestFields"] = new JsonObject { ["top_k"] = Number(random) };
        return body;
    }

    private static JsonArray ConverseContent(Random random) => Many(random, () => random.Next(7) switch
    {
        0 => new JsonObject { ["image"] = new JsonObject { ["format"] = "png", ["source"] = new JsonObject { ["bytes"] = "AAAA" } } },
        1 => new JsonObject { ["toolUse"] = new JsonObject { ["toolUseId"] = "1", ["name"] = "n", ["input"] = Schema(random) } },
        2 => new JsonObject { ["toolResult"] = new JsonObject { ["toolUseId"] = "1", ["content"] = new JsonArray(new JsonObject { ["text"] = Text(random) }, new JsonObject { ["json"] = Schema(random) }) } },
        3 => new JsonObject { ["document"] = new JsonObject { ["name"] = "d", ["format"] = "txt", ["source"] = new JsonObject { ["text"] = Text(random) } } },
        _ => new JsonObject { ["text"] = Text(random) },
    });

    private static JsonObject Nova(Random random)
    {
        var body = new JsonObject
        {
            ["schemaVersion"] = "messages-v1",
            ["messages"] = Messages(random, _ => Many(random, () => new JsonObject { ["text"] = Text(random) })),
            ["inferenceConfig"] = Some(random, ("maxTokens", Number(random)), ("topK", Number(random))),
        };
        if (random.Next(2) == 0)
            body["system"] = Many(random, () => new JsonObject { ["text"] = Text(random) });
        return body;
    }

    private static JsonObject Anthropic(Random random)
    {
        var body = new JsonObject { ["anthropic_version"] = "bedrock-2023-05-31", ["max_tokens"] = Number(random) };
        if (random.Next(2) == 0)
            body["temperature"] = Fraction(random);
        body["messages"] = Messages(random, _ => random.Next(2) == 0 ? Text(random) : Many(random, () => AnthropicBlock(random)));
        if (random.Next(2) == 0)
            body["system"] = random.Next(2) == 0 ? Text(random) : Many(random, () => new JsonObject { ["type"] = "text", ["text"] = Text(random) });
        if (random.Next(2) == 0)
            body["tools"] = Many(random, () => new JsonObject { ["name"] = Text(random), ["input_schema"] = Schema(random) });
        return body;
    }

    private static JsonObject AnthropicBlock(Random random) => random.Next(8) switch
    {
        0 => new JsonObject { ["type"] = "image", ["source"] = new JsonObject { ["type"] = "base64", ["media_type"] = "image/png", ["data"] = "AAAA" } },
        1 => new JsonObject { ["type"] = "tool_use", ["id"] = "1", ["name"] = "n", ["input"] = Schema(random) },
        2 => new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = "1", ["content"] = Text(random) },
        3 => new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = "1", ["content"] = Many(random, () => new JsonObject { ["type"] = "text", ["text"] = Text(random) }) },
        4 => new JsonObject { ["type"] = "document", ["source"] = new JsonObject { ["type"] = "text", ["media_type"] = "text/plain", ["data"] = Text(random) } },
        5 => new JsonObject { ["type"] = "thinking", ["thinking"] = Text(random), ["signature"] = "s" },
        _ => new JsonObject { ["type"] = "text", ["text"] = Text(random) },
    };

    private static JsonObject OpenAi(Random random)
    {
        var body = new JsonObject { ["model"] = "openai.gpt-oss-20b-1:0" };
        if (random.Next(2) == 0)
            body[random.Next(2) == 0 ? "max_tokens" : "max_completion_tokens"] = Number(random);
        body["messages"] = Messages(random, role => random.Next(2) == 0 ? Text(random) : Many(random, () => new JsonObject { ["type"] = "text", ["text"] = Text(random) }));
        if (random.Next(2) == 0)
            body["tools"] = Many(random, () => new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = Text(random), ["parameters"] = Schema(random) } });
        if (random.Next(3) == 0)
            body["seed"] = Number(random);
        return body;
    }

    private static JsonArray Messages(Random random, Func<string, JsonNode> content) =>
        [.. Enumerable.Range(0, 1 + random.Next(5)).Select(i =>
        {
            var role = i % 2 == 0 ? "user" : "assistant";
            return (JsonNode)new JsonObject { ["role"] = role, ["content"] = content(role) };
        })];

    private static JsonArray Many(Random random, Func<JsonObject> item) => [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => item())];

    private static JsonObject Some(Random random, params (string Name, JsonNode Value)[] members) =>
        new(members.Where(_ => random.Next(2) == 0).Select(m => KeyValuePair.Create(m.Name, (JsonNode?)m.Value)));

    private static JsonObject Schema(Random random) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject { ["z" + Text(random)] = new JsonObject { ["maximum"] = Number(random), ["cache_control"] = Text(random) }, ["a"] = Fraction(random) },
    };

    private static JsonValue Number(Random random) => JsonValue.Create(1m + random.Next(100_000));

    private static JsonValue Fraction(Random random) => JsonValue.Create(random.Next(100) / 100m);
}
