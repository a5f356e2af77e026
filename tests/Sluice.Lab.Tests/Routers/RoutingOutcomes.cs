using System.IO.Compression;
using System.Text.Json;
using Sluice.Lab.Routers.Outcomes;
using Sluice.Testing;

namespace Sluice.Lab.Tests.Routers;

/// <summary>RouteLLM's recorded outcomes (Apache-2.0) as lines of outcomes, without the rows that its authors call contaminated.</summary>
internal static class RoutingOutcomes
{
    public const string Strong = "gpt-4-1106-preview";
    public const string Weak = "mixtral-8x7b";

    private static readonly Lazy<OutcomeTable> MmluTable = new(() => FromBenchmark("data/routing/routellm_mmlu.jsonl.gz"));
    private static readonly Lazy<OutcomeTable> Gsm8kTable = new(() => FromBenchmark("data/routing/routellm_gsm8k.jsonl.gz"));

    public static OutcomeTable Mmlu()
    {
        SharedFolder.Path("data/routing/routellm_mmlu.jsonl.gz");
        return MmluTable.Value;
    }

    public static OutcomeTable Gsm8k()
    {
        SharedFolder.Path("data/routing/routellm_gsm8k.jsonl.gz");
        return Gsm8kTable.Value;
    }

    /// <summary>Both turns of each question as a prompt of their own, grades divided by ten.</summary>
    public static OutcomeTable MtBench()
    {
        var lines = new List<object>();
        foreach (var json in File.ReadLines(SharedFolder.Path("data/routing/routellm_mt_bench.jsonl")).Select(l => JsonDocument.Parse(l).RootElement).Where(j => !j.GetProperty("contaminated").GetBoolean()))
        {
            foreach (var turn in (string[])["1", "2"])
            {
                double Grade(string model) => json.GetProperty("scores").GetProperty(model).GetProperty(turn).GetDouble() / 10;
                var outcomes = new Dictionary<string, object> { [Strong] = new { score = Grade("gpt-4-1106-preview") }, [Weak] = new { score = Grade("mistralai/Mixtral-8x7B-Instruct-v0.1") } };
                lines.Add(new { id = $"{json.GetProperty("id").GetInt32()}-{turn}", prompt = json.GetProperty("turns")[int.Parse(turn) - 1].GetString(), task = json.GetProperty("category").GetString(), outcomes });
            }
        }
        return Read(lines);
    }

    /// <summary>Writes the lines to a file and reads them as a command would.</summary>
    public static OutcomeTable Read(IEnumerable<object> lines)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(path, lines.Select(line => JsonSerializer.Serialize(line)));
            return OutcomeFile.Read(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static OutcomeTable FromBenchmark(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(SharedFolder.Path(file)), CompressionMode.Decompress));
        var lines = new List<object>();
        while (reader.ReadLine() is { } text)
        {
            using var document = JsonDocument.Parse(text);
            var json = document.RootElement;
            if (json.GetProperty("contaminated").GetBoolean())
                continue;
            lines.Add(new
            {
                id = json.GetProperty("id").GetString(),
                prompt = json.GetProperty("prompt").GetString(),
                task = Text(json, "domain"),
                outcomes = new Dictionary<string, object> { [Strong] = Outcome("strong"), [Weak] = Outcome("weak") },
            });

            object Outcome(string model) => new { score = json.GetProperty($"{model}_correct").GetBoolean() ? 1 : 0, text = Text(json, $"{model}_response") };
        }
        return Read(lines);
    }

    private static string? Text(JsonElement json, string field) => json.TryGetProperty(field, out var value) ? value.GetString() : null;
}
