using System.Text;
using System.Text.Json.Nodes;

namespace EndToEnd.Traffic;

/// <summary>Calls of every kind in a random order that a seed decides: dialects, sizes, streams, cached prefixes, callers who leave.</summary>
internal sealed class Mix(int seed)
{
    private const string Sonnet = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    private const string Haiku = "anthropic.claude-3-haiku-20240307-v1:0";

    private readonly Random _random = new(seed);

    /// <summary>One caller in this many leaves in the middle.</summary>
    public int OneLeavesIn { get; init; } = 25;

    /// <summary>Only Converse, ConverseStream and InvokeModel of one model.</summary>
    public bool Simple { get; init; }

    public Call Next()
    {
        var (target, body, streamed) = Simple ? Pick(3) : Pick(14);
        return new Call(target, body.ToJsonString(), streamed, _random.Next(OneLeavesIn) == 0 ? _random.Next(1, 1200) : null);
    }

    private (string Target, JsonObject Body, bool Streamed) Pick(int kinds) => _random.Next(kinds) switch
    {
        0 => (Model(Sonnet, "converse"), Converse(), false),
        1 => (Model(Sonnet, "converse-stream"), Converse(), true),
        2 => (Model(Haiku, "invoke"), Claude(), false),
        3 => (Model(Haiku, "invoke-with-response-stream"), Claude(), true),
        4 => (Model(Sonnet, "converse-stream"), WithCache(Converse()), true),
        5 => (Model(Sonnet, "converse"), WithCache(Converse()), false),
        6 => (Model("amazon.nova-lite-v1:0", "invoke"), Nova(), false),
        7 => (Model("amazon.nova-lite-v1:0", "invoke-with-response-stream"), Nova(), true),
        8 => (Model("meta.llama3-8b-instruct-v1:0", "invoke"), new JsonObject { ["prompt"] = Words(), ["max_gen_len"] = Limit() }, false),
        9 => (Model("mistral.mistral-7b-instruct-v0:2", "invoke-with-response-stream"), new JsonObject { ["prompt"] = $"<s>[INST] {Words()} [/INST]", ["max_tokens"] = Limit() }, true),
        10 => (Model("amazon.titan-embed-text-v2:0", "invoke"), new JsonObject { ["inputText"] = Words() }, false),
        11 => ("/openai/v1/chat/completions", Chat(streamed: true), true),
        12 => ("/anthropic/v1/messages", Messages(streamed: true), true),
        _ => ("/anthropic/v1/messages", Messages(streamed: false), false),
    };

    private static string Model(string id, string operation) => $"/model/{Uri.EscapeDataString(id)}/{operation}";

    private JsonObject Converse() => new()
    {
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["text"] = Words() }) }),
        ["inferenceConfig"] = new JsonObject { ["maxTokens"] = Limit() },
    };

    /// <summary>One of four long systems behind a cache point, so that most calls read what an earlier one wrote.</summary>
    private JsonObject WithCache(JsonObject body)
    {
        var system = new StringBuilder($"System {_random.Next(4)}. ");
        for (var i = 0; i < 250; i++)
            system.Append("You are a patient clerk who answers in one sentence. ");
        body["system"] = new JsonArray(
            new JsonObject { ["text"] = system.ToString() },
            new JsonObject { ["cachePoint"] = new JsonObject { ["type"] = "default" } });
        return body;
    }

    private JsonObject Claude() => new()
    {
        ["anthropic_version"] = "bedrock-2023-05-31",
        ["max_tokens"] = Limit(),
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Words() }),
    };

    private JsonObject Nova() => new()
    {
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["text"] = Words() }) }),
        ["inferenceConfig"] = new JsonObject { ["maxTokens"] = Limit() },
    };

    private JsonObject Messages(bool streamed) => new()
    {
        ["model"] = Sonnet,
        ["max_tokens"] = Limit(),
        ["stream"] = streamed,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Words() }),
    };

    private JsonObject Chat(bool streamed) => new()
    {
        ["model"] = "openai.gpt-oss-120b-1:0",
        ["max_completion_tokens"] = Limit(),
        ["stream"] = streamed,
        ["stream_options"] = new JsonObject { ["include_usage"] = true },
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Words() }),
    };

    private int Limit() => _random.Next(20, 120);

    private string Words()
    {
        var text = new StringBuilder();
        for (var i = _random.Next(5, 60); i > 0; i--)
            text.Append("account transfer invoice Grüße ledger 帳簿 statement".Split(' ')[_random.Next(7)]).Append(' ');
        return text.ToString();
    }
}
