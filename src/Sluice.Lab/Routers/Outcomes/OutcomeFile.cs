using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Lab.Replays.Traces;

namespace Sluice.Lab.Routers.Outcomes;

/// <summary>
/// Reads labelled outcomes: JSON lines, plain or gzip, of
/// <c>{"id", "prompt", "task"?, "outcomes": {model: {"score": 0..1, "cost_usd"?, "text"?}}}</c>. Fields beyond these are passed over.
/// </summary>
public static class OutcomeFile
{
    private readonly record struct Outcome(double Score, double CostUsd, string? Text);

    private sealed record Line(string Prompt, string? Task, Dictionary<string, Outcome> Outcomes);

    /// <exception cref="TraceException">A line can't be used; the message names the file, the line and the field.</exception>
    public static OutcomeTable Read(string path)
    {
        var lines = new List<Line>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (number, text) in TraceLines.Read(path))
        {
            var line = Parse(path, number, text, ids);
            lines.Add(line);
            Append(hash, line);
        }
        if (lines.Count == 0)
            throw new TraceException(path, 1, "there is no line; each should hold one prompt with its outcomes");
        var models = lines.SelectMany(l => l.Outcomes.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        return new OutcomeTable
        {
            Prompts = [.. lines.Select(l => l.Prompt)],
            Tasks = [.. lines.Select(l => l.Task)],
            Models = models,
            Scores = Columns(o => o.Score, double.NaN),
            CostsUsd = Columns(o => o.CostUsd, double.NaN),
            Answers = Columns(o => o.Text, null),
            Digest = Convert.ToHexStringLower(hash.GetHashAndReset()),
        };

        T[][] Columns<T>(Func<Outcome, T> value, T missing) =>
            [.. models.Select(model => lines.Select(l => l.Outcomes.TryGetValue(model, out var outcome) ? value(outcome) : missing).ToArray())];
    }

    private static Line Parse(string path, long number, string text, HashSet<string> ids)
    {
        using var document = Document(path, number, text);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new TraceException(path, number, "not a JSON object; each line holds one prompt with its outcomes");
        var id = Text(root, "id") ?? throw Wrong("id", "a text");
        if (!ids.Add(id))
            throw new TraceException(path, number, $"the id `{id}` stood on an earlier line already; a prompt that counts twice would be trained on and tested on");
        var prompt = Text(root, "prompt") ?? throw Wrong("prompt", "a text");
        var hasTask = root.TryGetProperty("task", out var task) && task.ValueKind != JsonValueKind.Null;
        if (hasTask && task.ValueKind != JsonValueKind.String)
            throw Wrong("task", "a text");
        if (!root.TryGetProperty("outcomes", out var outcomes) || outcomes.ValueKind != JsonValueKind.Object || !outcomes.EnumerateObject().Any())
            throw Wrong("outcomes", "an object with an outcome for each model");
        var read = new Dictionary<string, Outcome>(StringComparer.Ordinal);
        foreach (var model in outcomes.EnumerateObject())
            read[model.Name] = ParseOutcome(path, number, model);
        return new(prompt, hasTask ? task.GetString() : null, read);

        TraceException Wrong(string field, string wanted) =>
            new(path, number, root.TryGetProperty(field, out _) ? $"`{field}` is not {wanted}" : $"`{field}` is missing; it should be {wanted}");
    }

    private static Outcome ParseOutcome(string path, long number, JsonProperty model)
    {
        var value = model.Value;
        if (value.ValueKind != JsonValueKind.Object)
            throw new TraceException(path, number, $"`outcomes`.`{model.Name}` is not an object such as {{\"score\": 1}}");
        if (!value.TryGetProperty("score", out var score) || score.ValueKind != JsonValueKind.Number || !score.TryGetDouble(out var points))
            throw new TraceException(path, number, $"`outcomes`.`{model.Name}`.`score` is not a number from 0 to 1");
        if (points is not (>= 0 and <= 1))
            throw new TraceException(path, number, string.Create(CultureInfo.InvariantCulture, $"`outcomes`.`{model.Name}`.`score` is {points}; it should be from 0 to 1, so divide by the highest score there is"));
        var costUsd = double.NaN;
        if (value.TryGetProperty("cost_usd", out var cost) && cost.ValueKind != JsonValueKind.Null
            && !(TryNumber(cost, out costUsd) && costUsd >= 0 && double.IsFinite(costUsd)))
        {
            throw new TraceException(path, number, $"`outcomes`.`{model.Name}`.`cost_usd` is not an amount of dollars, 0 or more");
        }
        if (value.TryGetProperty("text", out var text) && text.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
            throw new TraceException(path, number, $"`outcomes`.`{model.Name}`.`text` is not a text");
        return new(points, costUsd, text.ValueKind == JsonValueKind.String ? text.GetString() : null);
    }

    /// <summary>A number, or one in quotation marks as the ledger writes money.</summary>
    private static bool TryNumber(JsonElement value, out double number)
    {
        number = double.NaN;
        return value.ValueKind == JsonValueKind.Number
            ? value.TryGetDouble(out number)
            : value.ValueKind == JsonValueKind.String && double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    private static string? Text(JsonElement root, string field) =>
        root.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonDocument Document(string path, long number, string text)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException e)
        {
            throw new TraceException(path, number, $"not JSON, from byte {e.BytePositionInLine ?? 0} on", e);
        }
    }

    private static void Append(IncrementalHash hash, Line line)
    {
        AppendText(line.Prompt);
        AppendText(line.Task);
        foreach (var (model, outcome) in line.Outcomes.OrderBy(o => o.Key, StringComparer.Ordinal))
        {
            AppendText(model);
            hash.AppendData(BitConverter.GetBytes(outcome.Score));
            hash.AppendData(BitConverter.GetBytes(outcome.CostUsd));
            AppendText(outcome.Text);
        }

        void AppendText(string? text)
        {
            var bytes = Encoding.UTF8.GetBytes(text ?? "");
            hash.AppendData(BitConverter.GetBytes(text is null ? -1 : bytes.Length));
            hash.AppendData(bytes);
        }
    }
}
