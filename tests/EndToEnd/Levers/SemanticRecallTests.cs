using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EndToEnd.Hosts;
using Sluice.Simulator;

namespace EndToEnd.Levers;

/// <summary>Semantic recall in a gateway of its own, with an embedding model that the simulator bills.</summary>
public sealed class SemanticRecallTests
{
    private const string Settings = "levers: { control_share: 0, semantic: { mode: shadow, error_rate: 0.1, embedder: 'amazon.titan-embed-text-v2:0' } }";

    [Fact]
    public async Task EveryEmbeddingIsInTheLedgerAsItIsOnTheBill()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        await using var gateway = await RunningGateway.StartAsync(simulator.Address, Settings);
        var key = await gateway.CreateKeyAsync("semantic");
        for (var i = 0; i < 6; i++)
            await AskAsync(gateway, key, i % 2 == 0 ? "" : "-stream", $"How do I reset password number {i / 2}?");

        var admin = await gateway.CreateKeyAsync("reports", "--admin");
        var status = await SluiceProcess.RunAsync("semantic", "status", "--url", gateway.Address.ToString(), "--key", admin.Token, "--format", "json");
        Assert.True(status.ExitCode == 0, status.Everything);
        using var json = JsonDocument.Parse(status.Output);
        Assert.Equal((key.KeyId, 6L), (json.RootElement[0].GetProperty("tenant").GetString(), json.RootElement[0].GetProperty("calls").GetInt64()));
        Assert.NotEqual(0, (await SluiceProcess.RunAsync("semantic", "status", "--url", gateway.Address.ToString(), "--key", key.Token)).ExitCode);

        Assert.Equal(0, (await gateway.StopAsync()).ExitCode);
        var entries = await gateway.ExportAsync();
        Assert.Equal((6, 12), (entries.Count, entries.Sum(e => e.Attempts.Count)));
        Assert.Equal(6, simulator.Log.Count(r => r.Operation == "InvokeModel"));
        Assert.All(entries, e => Assert.Contains(e.Decisions, d => d.Lever == "semantic" && d.SavingUsd < 0));
        Assert.Equal(simulator.Bill.TotalUsd, entries.Sum(e => e.CostUsd));
        Assert.Contains("has no calibration for the embedder", gateway.Printed, StringComparison.Ordinal);
    }

    /// <summary>A model of Bedrock's is calibrated through the gateway, which then knows the file; what its texts cost is in the ledger.</summary>
    [Fact]
    public async Task AnEmbeddingModelIsCalibratedThroughTheGatewayAtItsPrice()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        await using var gateway = await RunningGateway.StartAsync(simulator.Address, "levers: { control_share: 0 }");
        var key = await gateway.CreateKeyAsync("training");
        using var folder = new TemporaryFolder();
        var (pairs, model) = (folder.File("pairs.jsonl"), folder.File("titan.model"));
        await File.WriteAllLinesAsync(pairs, Enumerable.Range(0, 20).Select(i => i % 2 == 0
            ? $$"""{"a":"How do I clean window {{i}}?","b":"How do I clean window {{i}}?","dup":1}"""
            : $$"""{"a":"How do I clean window {{i}}?","b":"Why does the car need fuel?","dup":0}"""));

        var trained = await SluiceProcess.RunAsync("semantic", "train", pairs, "--out", model, "--embedder", "amazon.titan-embed-text-v2:0", "--precision", "0.5", "--url", gateway.Address.ToString(), "--key", key.Token);
        Assert.True(trained.ExitCode == 0, trained.Everything);
        Assert.Contains("for amazon.titan-embed-text-v2:0/1024/bedrock", trained.Output, StringComparison.Ordinal);

        Assert.Equal(0, (await gateway.StopAsync()).ExitCode);
        var entries = await gateway.ExportAsync();
        // 20 windows and one car, each once.
        Assert.Equal(21, entries.Count);
        Assert.Equal(simulator.Bill.TotalUsd, entries.Sum(e => e.CostUsd));

        await using var calibrated = await RunningGateway.StartAsync(
            simulator.Address, $"levers: {{ control_share: 0, semantic: {{ mode: on, embedder: 'amazon.titan-embed-text-v2:0', model: '{model}' }} }}");
        Assert.DoesNotContain("has no calibration", calibrated.Printed, StringComparison.Ordinal);
    }

    private static async Task AskAsync(RunningGateway gateway, IssuedKey key, string form, string question)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Address, $"/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse{form}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Token);
        request.Content = new StringContent($$$"""{"messages":[{"role":"user","content":[{"text":"{{{question}}}"}]}],"inferenceConfig":{"temperature":0,"maxTokens":4000}}""", Encoding.UTF8, "application/json");
        using var reply = await client.SendAsync(request);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync());
        await reply.Content.ReadAsByteArrayAsync();
    }
}
