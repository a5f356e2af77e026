using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Commands.Demo;

/// <summary>One call of the scripted day: when, by whom, and its body.</summary>
internal sealed record DemoCall(TimeSpan At, string App, string Team, string Task, bool Streamed, string Body);

/// <summary>
/// A day of the financial-services customer of guide 001: ticket classification, document extraction, customer chat with a
/// long system prompt and nightly summaries, everything on one large model. Each call stands for
/// <see cref="CallsPerCall"/> like it, so that the day is played in seconds and adds up to a bill of real size.
/// </summary>
internal sealed class DemoDay(int seed)
{
    public const string Model = "us." + ServedModel;

    private const string ServedModel = "anthropic.claude-sonnet-4-5-20250929-v1:0";

    /// <summary>How many calls of the real day one played call stands for.</summary>
    public const int CallsPerCall = 65;

    private const int Tickets = 700;
    /// <summary>Some complaints come word for word again, since a form writes them.</summary>
    private const int CommonTickets = 12;

    private const double CommonTicketShare = 0.15;
    private const int Documents = 250;
    private const int Conversations = 120;
    private const int TurnsPerConversation = 5;
    private const int Summaries = 120;

    private static readonly string[] Words =
        ("account balance payment transfer card dispute statement mortgage rate branch deposit fee refund customer agreement " +
         "portfolio dividend fund risk policy claim premium invoice ledger settlement currency exchange limit approval document").Split(' ');

    private static readonly string[] Categories = ["card", "payment", "account", "complaint", "other"];

    private readonly Random _random = new(seed);
    private readonly Dictionary<string, string> _answers = new(StringComparer.Ordinal);

    /// <summary>What the model answers to prompts for which any text would not do, as a recordings file of the simulator.</summary>
    public IEnumerable<string> Recordings() => _answers.Select(answer => new JsonObject
    {
        ["prompt"] = answer.Key,
        ["outputs"] = new JsonObject { [ServedModel] = answer.Value },
    }.ToJsonString());

    public IReadOnlyList<DemoCall> Calls()
    {
        var calls = new List<DemoCall>(Tickets + Documents + (Conversations * TurnsPerConversation) + Summaries);
        var common = Enumerable.Range(0, CommonTickets).Select(_ => Prose(220)).ToList();
        for (var i = 0; i < Tickets; i++)
        {
            var ticket = _random.NextDouble() < CommonTicketShare ? common[_random.Next(common.Count)] : Prose(220);
            calls.Add(Call(WorkingHours(), "ticket-triage", "support", "classification", false, "Classify the ticket as one of: card, payment, account, complaint, other. Answer with one word.", [[ticket]], 16));
            _answers[ticket] = Categories[_random.Next(Categories.Length)];
        }
        for (var i = 0; i < Documents; i++)
        {
            // Every third document comes as the web page of a statement.
            var document = i % 3 == 0 ? Prose(2_500) : Prose(4_500);
            IReadOnlyList<string> parts = i % 3 == 0 ? [document, Statement(60)] : [document];
            calls.Add(Call(WorkingHours(), "document-extraction", "operations", "extraction", false, "Extract parties, amounts, dates and obligations from the document. Respond in JSON.", [parts], 700));
        }
        var handbook = "You are the assistant of a bank. " + Prose(3_200);
        for (var i = 0; i < Conversations; i++)
            Converse(calls, handbook);
        for (var i = 0; i < Summaries; i++)
            calls.Add(Call(TimeSpan.FromHours(1) + TimeSpan.FromMinutes(_random.Next(180)), "nightly-summaries", "risk", "summary", false, "Summarise the day's file for the risk committee.", [[Prose(9_000)]], 900));
        calls.Sort((a, b) => a.At.CompareTo(b.At));
        return calls;
    }

    private void Converse(List<DemoCall> calls, string handbook)
    {
        var at = WorkingHours();
        var turns = new List<string>();
        for (var turn = 0; turn < TurnsPerConversation; turn++)
        {
            turns.Add(Prose(40));
            calls.Add(Call(at, "customer-chat", "digital", "chat", true, handbook, [.. turns.Select(IReadOnlyList<string> (t) => [t])], 320));
            turns.Add(Prose(140));
            at += TimeSpan.FromSeconds(_random.Next(20, 90));
        }
    }

    private static DemoCall Call(TimeSpan at, string app, string team, string task, bool streamed, string system, IReadOnlyList<IReadOnlyList<string>> turns, int maxTokens)
    {
        var messages = new JsonArray();
        foreach (var (i, parts) in turns.Index())
        {
            JsonNode[] content = [.. parts.Select(text => new JsonObject { ["text"] = text })];
            messages.Add(new JsonObject { ["role"] = i % 2 == 0 ? "user" : "assistant", ["content"] = new JsonArray(content) });
        }
        var body = new JsonObject
        {
            ["system"] = new JsonArray(new JsonObject { ["text"] = system }),
            ["messages"] = messages,
            ["inferenceConfig"] = new JsonObject { ["maxTokens"] = maxTokens, ["temperature"] = 0 },
        };
        return new DemoCall(at, app, team, task, streamed, body.ToJsonString());
    }

    /// <summary>A table as banking portals write it.</summary>
    private string Statement(int rows)
    {
        var html = new StringBuilder("<table class=\"statement\" cellpadding=\"4\" style=\"border-collapse:collapse\">\n<tr><th>Date</th><th>Text</th><th>Amount</th></tr>\n");
        for (var i = 0; i < rows; i++)
            html.Append(CultureInfo.InvariantCulture, $"<tr class=\"row\" style=\"font-family:Arial\"><td align=\"left\">2026-11-{1 + (i % 28):00}</td><td align=\"left\">{Words[_random.Next(Words.Length)]}</td><td align=\"right\"><span class=\"amount\">{_random.Next(1, 90_000) / 100m:0.00}</span></td></tr>\n");
        return html.Append("</table>").ToString();
    }

    private TimeSpan WorkingHours() => TimeSpan.FromHours(8) + TimeSpan.FromSeconds(_random.Next(10 * 3600));

    private string Prose(int words)
    {
        var text = new StringBuilder(words * 8);
        for (var i = 0; i < words; i++)
            text.Append(Words[_random.Next(Words.Length)]).Append(i % 12 == 11 ? ". " : " ");
        return text.ToString();
    }
}
