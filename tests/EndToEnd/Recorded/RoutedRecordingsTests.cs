using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EndToEnd.Bookkeeping;
using EndToEnd.Hosts;
using Sluice.Simulator;
using Sluice.Testing;

namespace EndToEnd.Recorded;

/// <summary>
/// Real prompts through cascades of real models' recorded answers: what they cost against each model alone, whom they let
/// answer, and that the ledger is the bill with every rejected attempt in it.
/// </summary>
public sealed class RoutedRecordingsTests(ITestOutputHelper output)
{
    private const int Callers = 8;

    /// <summary>With the names under which AlpacaEval's leaderboard lists them.</summary>
    private static readonly (string Name, string Model, string Listed)[] Claude =
    [
        ("small", "anthropic.claude-instant-v1", "claude-instant-1.2"),
        ("middle", "anthropic.claude-3-sonnet-20240229-v1:0", "claude-3-sonnet-20240229"),
        ("large", "anthropic.claude-3-opus-20240229-v1:0", "claude-3-opus-20240229"),
    ];

    private static readonly (string Name, string Model, string Listed)[] Llama =
        [("small", "meta.llama3-8b-instruct-v1:0", "Meta-Llama-3-8B-Instruct"), ("large", "meta.llama3-70b-instruct-v1:0", "Meta-Llama-3-70B-Instruct")];

    [Theory]
    [InlineData("claude")]
    [InlineData("llama")]
    public async Task ACascadeOfRecordedModelsIsBilledToTheLastAttempt(string family)
    {
        var tiers = family == "claude" ? Claude : Llama;
        var file = SharedFolder.Path("data/recorded/alpaca_eval.dev.jsonl.gz");
        var wins = await WinRatesAsync(SharedFolder.Path("data/lab/leaderboard_alpacaeval2.csv"));
        var prompts = await PromptsAsync(file);
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { RecordingsPath = file, LogCapacity = 100_000, TokensPerFrame = 16 });
        var models = string.Join(", ", tiers.Select(t => $"{t.Name}: \"{t.Model}\""));
        await using var gateway = await RunningGateway.StartAsync(simulator.Address, $$"""
            levers: { route: on, control_share: 0 }
            quality_watch: off
            model_routes:
              - models: { {{models}} }
                rules: [ { use: cascade } ]
                cascade: { steps: [{{string.Join(", ", tiers.Select(t => t.Name))}}], checks: { hedging: yes, refusal: yes, length: 40-8000 } }
            """);
        var key = await gateway.CreateKeyAsync("recorded");
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(gateway.Address.GetLeftPart(UriPartial.Authority)) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Token);

        await Parallel.ForEachAsync(prompts, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (prompt, cancellationToken) =>
        {
            var body = new JsonObject { ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["text"] = prompt }) }) };
            using var reply = await client.PostAsync($"/model/{Uri.EscapeDataString(tiers[^1].Model)}/converse", new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"), cancellationToken);
            Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync(cancellationToken));
            Assert.Contains("route", string.Join(',', reply.Headers.GetValues("x-sluice-decisions")), StringComparison.Ordinal);
        });
        await gateway.StopAsync();

        var entries = await gateway.ExportAsync();
        var books = new Books(entries, simulator.Log);
        books.AssertAgree();
        Assert.Equal(simulator.Bill.TotalUsd, books.MeasuredUsd);
        Assert.Equal(prompts.Count, entries.Count);

        var cascade = entries.Sum(e => e.CostUsd)!.Value;
        var preference = 0.0;
        foreach (var (name, model, listed) in tiers)
        {
            var served = entries.Count(e => e.ServedModel == model);
            preference += wins[listed] * served / entries.Count;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-6} {model,-42} answered {served,4}; wins against GPT-4 Turbo, by the leaderboard, {wins[listed]:0.0} %"));
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"cascade ${cascade} for {entries.Count} prompts, attempts {simulator.Log.Count}; the served models' win rate {preference:0.0} %"));
        Assert.True(entries.Count(e => e.ServedModel == tiers[0].Model) > entries.Count / 2, "most prompts should be answered by the cheapest model");
        Assert.True(entries.Select(e => e.ServedModel).Distinct(StringComparer.Ordinal).Count() > 1, "some answers should be rejected");
    }

    private static async Task<Dictionary<string, double>> WinRatesAsync(string file)
    {
        var lines = await File.ReadAllLinesAsync(file);
        var column = Array.IndexOf(lines[0].Split(','), "win_rate");
        return lines.Skip(1).Select(line => line.Split(',')).GroupBy(l => l[0], StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => double.Parse(g.First()[column], CultureInfo.InvariantCulture), StringComparer.Ordinal);
    }

    private static async Task<IReadOnlyList<string>> PromptsAsync(string file)
    {
        await using var bytes = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var lines = new StreamReader(bytes);
        var prompts = new List<string>();
        while (await lines.ReadLineAsync() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            prompts.Add(json.RootElement.GetProperty("prompt").GetString()!);
        }
        return prompts;
    }
}
