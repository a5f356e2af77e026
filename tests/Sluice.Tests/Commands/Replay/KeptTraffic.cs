using System.Text;
using System.Text.Json.Nodes;
using Sluice.Configuration;
using Sluice.Gateway.Levers.Planning;
using Sluice.Hosting;
using Sluice.Simulator;
using Sluice.Testing;

namespace Sluice.Tests.Commands.Replay;

/// <summary>Traffic through a gateway to the simulator on a clock of its own, kept with its bodies.</summary>
internal sealed class KeptTraffic : IDisposable
{
    private const string Sonnet = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    private const string Haiku = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
    private const string Nova = "us.amazon.nova-pro-v1:0";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-replay-");

    public string Bodies => Path.Combine(_folder.FullName, "bodies");

    public string Data => Path.Combine(_folder.FullName, "data");

    /// <summary>By the simulator, which counts for itself.</summary>
    public decimal BillUsd { get; private set; }

    public int Calls { get; private set; }

    public string File(string name) => Path.Combine(_folder.FullName, name);

    public static async Task<KeptTraffic> PlayAsync(LeverSettings levers, int calls, int seed = 1)
    {
        var traffic = new KeptTraffic { Calls = calls };
        var time = new ManualTime();
        var options = new SluiceOptions { Urls = ["http://127.0.0.1:0"], DataDirectory = traffic.Data, Bodies = traffic.Bodies, Levers = levers, Log = new LogSettings { Level = Microsoft.Extensions.Logging.LogLevel.None } };
        await using (var gateway = await GatewayHost.StartAsync(options, new HostSettings { Time = time }, TestContext.Current.CancellationToken))
        {
            using var client = new HttpClient { BaseAddress = new Uri(gateway.Addresses[0]) };
            foreach (var (path, app, body) in Script(calls, seed))
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
                request.Headers.Add("x-sluice-tag-app", app);
                using var reply = await client.SendAsync(request, TestContext.Current.CancellationToken);
                reply.EnsureSuccessStatusCode();
                await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
                time.Advance(TimeSpan.FromSeconds(7));
            }
            await gateway.Simulator!.WhenIdleAsync(TestContext.Current.CancellationToken);
            traffic.BillUsd = gateway.Simulator.Bill.TotalUsd;
        }
        return traffic;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static IEnumerable<(string Path, string App, string Body)> Script(int calls, int seed)
    {
        var random = new Random(seed);
        var system = Prose(random, 2_600);
        var haikuSystem = Prose(random, 5_200);
        var questions = Enumerable.Range(0, 6).Select(_ => Prose(random, 80)).ToArray();
        var turns = new JsonArray();
        for (var i = 0; i < calls; i++)
        {
            switch (i % 6)
            {
                case 0:
                    yield return (Target(Sonnet, "converse"), "triage", Converse("Answer.", [Turn("user", questions[random.Next(questions.Length)])], temperature: 0));
                    break;
                case 1:
                    yield return (Target(Sonnet, "converse"), "extract", Converse("Extract.", [Turn("user", Prose(random, 200), Table(random))], temperature: 1));
                    break;
                case 2:
                    if (turns.Count > 12)
                        turns.Clear();
                    if (turns.Count > 0)
                        turns.Add((JsonNode)Turn("assistant", Prose(random, 50)));
                    turns.Add((JsonNode)Turn("user", Prose(random, 30)));
                    yield return (Target(Sonnet, i % 4 == 0 ? "converse" : "converse-stream"), "chat", Converse(system, turns.DeepClone().AsArray(), temperature: 1));
                    break;
                case 3:
                    yield return (Target(Haiku, i % 4 == 1 ? "invoke" : "invoke-with-response-stream"), "terse", new JsonObject
                    {
                        ["anthropic_version"] = "bedrock-2023-05-31",
                        ["max_tokens"] = 200,
                        ["system"] = haikuSystem,
                        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Prose(random, 40) }),
                    }.ToJsonString());
                    break;
                case 4:
                    var marked = JsonNode.Parse(Converse(system, [Turn("user", Prose(random, 50))], temperature: 1))!;
                    marked["system"]!.AsArray().Add((JsonNode)new JsonObject { ["cachePoint"] = new JsonObject { ["type"] = "default" } });
                    yield return (Target(Sonnet, "converse"), "own-points", marked.ToJsonString());
                    break;
                default:
                    yield return (Target(Nova, "converse"), "nova", Converse("Be brief.", [Turn("user", Prose(random, 150))], temperature: 1));
                    break;
            }
        }
    }

    private static string Target(string model, string action) => $"/model/{Uri.EscapeDataString(model)}/{action}";

    private static JsonObject Turn(string role, params IEnumerable<string> texts) =>
        new() { ["role"] = role, ["content"] = new JsonArray([.. texts.Select(text => new JsonObject { ["text"] = text })]) };

    private static string Converse(string system, JsonArray messages, double temperature) => new JsonObject
    {
        ["system"] = new JsonArray(new JsonObject { ["text"] = system }),
        ["messages"] = messages,
        ["inferenceConfig"] = new JsonObject { ["maxTokens"] = 600, ["temperature"] = temperature },
    }.ToJsonString();

    private static string Table(Random random)
    {
        var html = new StringBuilder("<table class=\"statement\" style=\"border:1px\">\n<tr><th>Date</th><th>Amount</th></tr>\n");
        for (var i = 0; i < 30; i++)
            html.Append($"<tr class=\"row\" style=\"font-family:Arial\"><td align=\"left\">2026-11-{1 + (i % 28):00}</td><td align=\"right\"><span class=\"amount\">{random.Next(1, 90_000)}</span></td></tr>\n");
        return html.Append("</table>").ToString();
    }

    private static string Prose(Random random, int words)
    {
        var vocabulary = "account balance payment transfer card dispute statement mortgage rate branch deposit fee refund customer".Split(' ');
        return string.Join(' ', Enumerable.Range(0, words).Select(_ => vocabulary[random.Next(vocabulary.Length)]));
    }
}
