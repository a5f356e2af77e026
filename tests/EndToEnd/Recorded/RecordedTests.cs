using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EndToEnd.Bookkeeping;
using EndToEnd.Hosts;
using Sluice.Bedrock.EventStreams;
using Sluice.Simulator;
using Sluice.Testing;

namespace EndToEnd.Recorded;

/// <summary>
/// Real prompts and what real models once answered them, through the gateway: every word arrives as it was recorded, and the
/// ledger is the bill.
/// </summary>
public sealed class RecordedTests(ITestOutputHelper output)
{
    private const int Callers = 8;

    /// <summary>One of each family; SLUICE_RECORDED_MODELS=all asks all fourteen.</summary>
    private static readonly string[] Models =
        ["anthropic.claude-3-5-sonnet-20240620-v1:0", "anthropic.claude-v2:1", "meta.llama3-70b-instruct-v1:0", "mistral.mistral-large-2402-v1:0"];

    [Fact]
    public async Task RecordedAnswersArriveUnchangedAndAreBilledAlike()
    {
        var file = SharedFolder.Path("data/recorded/alpaca_eval.dev.jsonl.gz");
        var recordings = await ReadAsync(file);
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { RecordingsPath = file, LogCapacity = 100_000, TokensPerFrame = 16 });
        await using var gateway = await RunningGateway.StartAsync(simulator.Address);
        var key = await gateway.CreateKeyAsync("recorded");
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(gateway.Address.GetLeftPart(UriPartial.Authority)) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Token);

        var started = Stopwatch.GetTimestamp();
        var all = Environment.GetEnvironmentVariable("SLUICE_RECORDED_MODELS") == "all";
        var differing = new ConcurrentQueue<string>();
        var shortened = 0;
        var calls = recordings.SelectMany((r, i) => r.Outputs.Where(o => all || Models.Contains(o.Key)).Select((o, j) => (r.Prompt, Model: o.Key, Answer: o.Value, Streamed: (i + j) % 2 == 1))).ToList();
        await Parallel.ForEachAsync(calls, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (call, _) =>
        {
            var (answer, stop) = await AskAsync(client, call.Model, call.Prompt, call.Streamed);
            // A few answers are longer than what the model may say today without being asked for more.
            if (stop == "max_tokens" && call.Answer.StartsWith(answer, StringComparison.Ordinal))
                Interlocked.Increment(ref shortened);
            else if (answer != call.Answer)
                differing.Enqueue($"{call.Model}, '{call.Prompt}': {answer.Length} characters instead of {call.Answer.Length}, ended by {stop}");
        });
        var took = Stopwatch.GetElapsedTime(started);
        await gateway.StopAsync();

        var books = new Books(await gateway.ExportAsync(), simulator.Log);
        output.WriteLine($"{calls.Count} calls ({shortened} cut at the model's limit) in {took.TotalSeconds:0.0} s; {books}; bill ${simulator.Bill.TotalUsd}");
        foreach (var model in (await gateway.ExportAsync()).GroupBy(e => e.ServedModel).OrderByDescending(g => g.Sum(e => e.CostUsd)))
            output.WriteLine($"{model.Key,-48} {model.Count(),5} calls {model.Sum(e => e.Counts!.Input),10} in {model.Sum(e => e.Counts!.Output),10} out ${model.Sum(e => e.CostUsd)}{(model.Any(e => e.CostUsd is null) ? " with unpriced calls" : "")}");
        Assert.Empty(differing);
        Assert.InRange(shortened, 0, calls.Count / 500);
        books.AssertAgree();
        Assert.Equal(calls.Count, books.EqualCounts);
        Assert.Equal(simulator.Bill.TotalUsd, books.MeasuredUsd);
    }

    private static async Task<IReadOnlyList<(string Prompt, IReadOnlyDictionary<string, string> Outputs)>> ReadAsync(string file)
    {
        await using var bytes = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var lines = new StreamReader(bytes);
        var recordings = new List<(string, IReadOnlyDictionary<string, string>)>();
        while (await lines.ReadLineAsync() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            recordings.Add((
                json.RootElement.GetProperty("prompt").GetString()!,
                json.RootElement.GetProperty("outputs").EnumerateObject().ToDictionary(o => o.Name, o => o.Value.GetString()!)));
        }
        return recordings;
    }

    private static async Task<(string Text, string Stop)> AskAsync(HttpClient client, string model, string prompt, bool streamed)
    {
        var body = new JsonObject
        {
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["text"] = prompt }) }),
        };
        using var reply = await client.PostAsync(
            $"/model/{Uri.EscapeDataString(model)}/{(streamed ? "converse-stream" : "converse")}",
            new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
        var bytes = await reply.Content.ReadAsByteArrayAsync();
        Assert.True(reply.IsSuccessStatusCode, $"{model}: {(int)reply.StatusCode} {Encoding.UTF8.GetString(bytes)}");
        return streamed ? TextOfStream(bytes) : TextOfReply(bytes);
    }

    private static (string Text, string Stop) TextOfReply(byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        var blocks = json.RootElement.GetProperty("output").GetProperty("message").GetProperty("content").EnumerateArray();
        return (string.Concat(blocks.Select(b => b.GetProperty("text").GetString())), json.RootElement.GetProperty("stopReason").GetString()!);
    }

    private static (string Text, string Stop) TextOfStream(byte[] body)
    {
        var text = new StringBuilder();
        var stop = "";
        using var decoder = new EventStreamDecoder();
        ReadOnlySpan<byte> rest = body;
        while (decoder.TryRead(ref rest, out var frame))
        {
            using var json = JsonDocument.Parse(frame.Payload.ToArray());
            if (frame.EventType.SequenceEqual("contentBlockDelta"u8))
                text.Append(json.RootElement.GetProperty("delta").GetProperty("text").GetString());
            else if (frame.EventType.SequenceEqual("messageStop"u8))
                stop = json.RootElement.GetProperty("stopReason").GetString()!;
        }
        return (text.ToString(), stop);
    }
}
