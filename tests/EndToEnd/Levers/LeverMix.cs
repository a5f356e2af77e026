using System.Text;
using System.Text.Json.Nodes;
using EndToEnd.Traffic;

namespace EndToEnd.Levers;

/// <summary>
/// Calls that levers can save on, among calls of every kind: questions that come again at temperature 0, long systems that
/// many calls share, conversations that grow, and data that is written at length. A seed decides their order.
/// </summary>
internal sealed class LeverMix(int seed)
{
    private const string Sonnet = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";

    private readonly Random _random = new(seed);
    private readonly Mix _others = new(seed + 1);
    private readonly List<JsonArray> _conversations = [];

    public Call Next()
    {
        var (operation, body) = _random.Next(10) switch
        {
            < 2 => (Any("converse", "converse-stream"), Converse(Turn("user", "Repeated question " + _random.Next(25)), isExact: true)),
            2 => (Any("invoke", "invoke-with-response-stream"), Claude("Repeated question " + _random.Next(25))),
            3 or 4 => (Any("converse", "converse-stream"), WithSystem(Converse(Turn("user", Words()), isExact: false))),
            5 or 6 => (Any("converse", "converse-stream"), WithSystem(Conversation())),
            7 => ("converse", Converse(Turn("user", "What is in this table?", Table()), isExact: _random.Next(2) == 0)),
            _ => (null, null!),
        };
        if (operation is null)
            return _others.Next();
        var streamed = operation.EndsWith("stream", StringComparison.Ordinal);
        return new Call($"/model/{Uri.EscapeDataString(Sonnet)}/{operation}", body.ToJsonString(), streamed, _random.Next(25) == 0 ? _random.Next(1, 1200) : null);
    }

    private static JsonObject Turn(string role, params IEnumerable<string> texts) =>
        new() { ["role"] = role, ["content"] = new JsonArray([.. texts.Select(text => new JsonObject { ["text"] = text })]) };

    private static JsonObject Converse(JsonObject turn, bool isExact) => new()
    {
        ["messages"] = new JsonArray(turn),
        ["inferenceConfig"] = isExact ? new JsonObject { ["maxTokens"] = 100, ["temperature"] = 0 } : new JsonObject { ["maxTokens"] = 100 },
    };

    private static JsonObject Claude(string text) => new()
    {
        ["anthropic_version"] = "bedrock-2023-05-31",
        ["max_tokens"] = 100,
        ["temperature"] = 0,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }),
    };

    /// <summary>The next turn of one of a few conversations, each of which begins anew after a while.</summary>
    private JsonObject Conversation()
    {
        if (_conversations.Count < 5)
            _conversations.Add([]);
        var turns = _conversations[_random.Next(_conversations.Count)];
        if (turns.Count > 30)
            turns.Clear();
        if (turns.Count > 0)
            turns.Add((JsonNode)Turn("assistant", Words()));
        turns.Add((JsonNode)Turn("user", Words()));
        return new JsonObject { ["messages"] = turns.DeepClone(), ["inferenceConfig"] = new JsonObject { ["maxTokens"] = 100 } };
    }

    /// <summary>Long enough for every model's minimum, and without a cache point.</summary>
    private JsonObject WithSystem(JsonObject body)
    {
        var text = new StringBuilder($"System {_random.Next(4)}. ");
        for (var i = 0; i < 400; i++)
            text.Append("You are a careful clerk who answers in one sentence. ");
        body["system"] = new JsonArray(new JsonObject { ["text"] = text.ToString() });
        return body;
    }

    private string Table()
    {
        var rows = new StringBuilder("<table border=\"1\"><thead><tr><th>Account</th><th>Amount</th></tr></thead><tbody>");
        for (var i = _random.Next(10, 30); i > 0; i--)
            rows.Append($"<tr class=\"row\"><td style=\"padding:4px\">Account {i}</td><td style=\"padding:4px\">{_random.Next(10_000)}</td></tr>\n");
        return rows.Append("</tbody></table>").ToString();
    }

    private string Any(string first, string second) => _random.Next(2) == 0 ? first : second;

    private string Words() => string.Join(' ', Enumerable.Range(0, _random.Next(5, 60)).Select(_ => "account transfer invoice Grüße ledger 帳簿 statement".Split(' ')[_random.Next(7)]));
}
