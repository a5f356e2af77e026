using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;
using Sluice.Gateway.Levers.Routing;
using Sluice.Lab.Replays.Recordings;
using Sluice.Lab.Replays.Traces;
using Sluice.Ledger.Feedback;
using Sluice.Ledger.Queries;

namespace Sluice.Commands.Feedback;

/// <summary>
/// Joins feedback and the quality watch's pairs with the ledger, which knows the models that served, and with the kept bodies, which
/// have the prompt, into labelled outcomes for the training of routers. Calls with one prompt and task are one line with a score for
/// each model.
/// </summary>
internal sealed class FeedbackExport
{
    /// <summary>It is a file of prompts for programs, not for a web page.</summary>
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, (InvocationRecord Record, List<(string Model, double Score)> Scores)> _rated = new(StringComparer.Ordinal);
    private readonly Dictionary<(string? Task, string Prompt), (string Id, SortedDictionary<string, List<double>> Scores)> _outcomes = [];

    /// <summary>Calls that feedback is about.</summary>
    public int Calls { get; private set; }

    /// <summary>Answers of the quality watch's baselines that stand beside the served ones.</summary>
    public int Pairs { get; private set; }

    /// <summary>Of the lines, those with outcomes of two models or more: what a router can be trained on.</summary>
    public int Comparable => _outcomes.Values.Count(o => o.Scores.Count > 1);

    /// <summary>Calls that the ledger no longer has.</summary>
    public int WithoutRecord { get; private set; }

    /// <summary>Calls that no model answered for certain: from memory, from another's attempt, or not at all.</summary>
    public int WithoutModel { get; private set; }

    /// <summary>Calls whose body was not kept, or has no text of a user.</summary>
    public int WithoutPrompt => _rated.Count;

    /// <summary>Lines that there are to write.</summary>
    public int Lines => _outcomes.Count;

    public FeedbackExport(IEnumerable<FeedbackEntry> entries, LedgerReader ledger)
    {
        foreach (var call in entries.GroupBy(e => e.InvocationId, StringComparer.Ordinal))
        {
            Calls++;
            if (ledger.Find(call.Key) is not { } record)
                WithoutRecord++;
            else if (record is { ServedModel: null } or { Attempts.IsEmpty: true } or { Outcome: not (Outcome.Completed or Outcome.ClientAborted) })
                WithoutModel++;
            else
                Rate(record).AddRange(call.Select(e => (record.ServedModel, e.Score)));
        }
        foreach (var sample in ledger.Export().Where(r => Verdict(r) is not null).ToList())
            TakePair(sample, ledger);
    }

    /// <summary>Takes the prompts from a directory of kept bodies.</summary>
    /// <param name="directory">As <c>recording.bodies</c> names it.</param>
    /// <param name="onDamage">Told of each file that is damaged or still being written, of which the rest is left out.</param>
    public void Join(string directory, Action<string> onDamage)
    {
        using var files = new LocalLogFiles(directory);
        foreach (var file in files.List())
        {
            try
            {
                foreach (var (_, line) in LogLines.Read(files.Open(file), file))
                    Take(line);
            }
            catch (TraceException e)
            {
                onDamage(e.Message);
            }
        }
    }

    public void Write(Stream output)
    {
        foreach (var ((task, prompt), (id, scores)) in _outcomes.OrderBy(o => o.Value.Id, StringComparer.Ordinal))
        {
            using (var json = new Utf8JsonWriter(output, Readable))
            {
                json.WriteStartObject();
                json.WriteString("id", id);
                json.WriteString("prompt", prompt);
                if (task is not null)
                    json.WriteString("task", task);
                json.WriteStartObject("outcomes");
                foreach (var (model, given) in scores)
                {
                    json.WriteStartObject(model);
                    json.WriteNumber("score", given.Average());
                    json.WriteEndObject();
                }
                json.WriteEndObject();
                json.WriteEndObject();
            }
            output.WriteByte((byte)'\n');
        }
    }

    private List<(string Model, double Score)> Rate(InvocationRecord record)
    {
        if (!_rated.TryGetValue(record.InvocationId, out var rated))
            _rated[record.InvocationId] = rated = (record, []);
        return rated.Scores;
    }

    /// <summary>
    /// Takes a sample of the quality watch: the model that was asked for, beside the one that a route chose. The ledger says which of
    /// the two was good where one was; of a tie it does not say how good both were, and most are good, so they count as such.
    /// </summary>
    private void TakePair(InvocationRecord sample, LedgerReader ledger)
    {
        if (sample.ServedModel is not { } baseline || Verdict(sample) is not var (id, treatedScore, baselineScore)
            || ledger.Find(id) is not { ServedModel: { } treated, Attempts.IsEmpty: false } record || treated == baseline)
            return;
        Pairs++;
        var scores = Rate(record);
        var said = scores.Where(s => s.Model == treated).Select(s => s.Score).ToList();
        // What callers said of the answer is worth more than the comparison, which of a tie knows only that the other was as good.
        if (said.Count == 0)
            scores.Add((treated, treatedScore));
        scores.Add((baseline, said.Count > 0 && treatedScore == baselineScore ? said.Average() : baselineScore));
    }

    private static (string Id, double Treated, double Baseline)? Verdict(InvocationRecord sample)
    {
        foreach (var decision in sample.Decisions)
        {
            if (!decision.Why.StartsWith(Decision.QualitySample, StringComparison.Ordinal) || decision.Why.IndexOf(": ", StringComparison.Ordinal) is not (> 0 and var colon))
                continue;
            var id = decision.Why[Decision.QualitySample.Length..colon];
            return decision.Why[(colon + 2)..] switch
            {
                "better" => (id, 1, 0),
                "worse" => (id, 0, 1),
                "tie" => (id, 1, 1),
                _ => null,
            };
        }
        return null;
    }

    private void Take(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("requestId", out var name) || name.GetString() is not { } id || !_rated.TryGetValue(id, out var rated)
                || !root.TryGetProperty("input", out var input) || !input.TryGetProperty("inputBodyJson", out var sent))
                return;
            var body = JsonMarshal.GetRawUtf8Value(sent).ToArray();
            using var outline = PromptOutline.Read(rated.Record.Dialect, body);
            // The very text that a router looks at when it serves.
            if (RequestTraits.TextsOfUser(outline, body) is not { Length: > 0 } prompt)
                return;
            _rated.Remove(id);
            var key = (rated.Record.Tags.GetValueOrDefault("task"), prompt);
            if (!_outcomes.TryGetValue(key, out var outcome))
                _outcomes[key] = outcome = (id, new SortedDictionary<string, List<double>>(StringComparer.Ordinal));
            foreach (var (model, score) in rated.Scores)
            {
                if (!outcome.Scores.TryGetValue(model, out var scores))
                    outcome.Scores[model] = scores = [];
                scores.Add(score);
            }
        }
        catch (JsonException)
        {
            // A line that is no JSON is no call; replays of the same directory name it.
        }
    }
}
