using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EndToEnd.Hosts;
using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Gateway.Levers.SemanticRecall.Calibrating;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;
using Sluice.Simulator;

namespace EndToEnd.Levers;

/// <summary>What callers say over HTTP of answers that semantic recall gave them decides what it gives them from then on.</summary>
public sealed class SemanticFeedbackTests : IDisposable
{
    private const string Model = "amazon.nova-lite-v1:0";

    private const string Piano = "How do I learn to play the piano at home?";
    private const string PianoReworded = "How can I learn to play the piano at home?";
    private const string Bread = "How do I bake a loaf of rye bread in the oven?";
    private const string BreadReworded = "How can I bake a loaf of rye bread in the oven?";
    private const string BreadOnceMore = "How can you bake a loaf of rye bread in the oven?";

    /// <summary>More than the 128 labels after which a threshold is found.</summary>
    private const int CallsToLearn = 135;

    /// <summary>More wrong ones of some 165 than an error rate of 0.1 allows.</summary>
    private const int Complaints = 30;

    private readonly HttpClient _client = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    /// <summary>The complaints are of pianos alone, and no entry about bread was ever wrong: it is the caller's bound that they move.</summary>
    [Fact]
    public async Task ComplaintsMakeTheBoundOfTheirCallerStricterAndOfNobodyElse()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { RecordingsPath = await RecordAsync() });
        await using var gateway = await RunningGateway.StartAsync(simulator.Address, $"levers: {{ control_share: 0, semantic: {{ mode: on, error_rate: 0.1, model: '{Calibrated()}' }} }}");
        var (complaining, content) = (await gateway.CreateKeyAsync("complaining"), await gateway.CreateKeyAsync("content"));
        var admin = await gateway.CreateKeyAsync("reports", "--admin");
        foreach (var key in (IssuedKey[])[complaining, content])
        {
            string[] questions = [Piano, PianoReworded, Bread, BreadReworded, .. Enumerable.Repeat(PianoReworded, CallsToLearn)];
            foreach (var question in questions)
                await AskAsync(gateway, key, question);
            await ServedAsync(gateway, key, BreadOnceMore);
        }
        var served = new List<string>();
        while (served.Count < Complaints)
            served.Add(await ServedAsync(gateway, complaining, PianoReworded));

        foreach (var id in served)
            Assert.Equal(HttpStatusCode.NoContent, await RateAsync(gateway, complaining, id, 0));

        var arrivals = simulator.Log.Count;
        for (var i = 0; i < 5; i++)
            Assert.False((await AskAsync(gateway, complaining, BreadOnceMore)).IsServed);
        Assert.Equal(arrivals + 5, simulator.Log.Count);
        await ServedAsync(gateway, content, BreadOnceMore);
        var status = await SluiceProcess.RunAsync("semantic", "status", "--url", gateway.Address.ToString(), "--key", admin.Token, "--format", "json");
        Assert.True(status.ExitCode == 0, status.Everything);
        using var json = JsonDocument.Parse(status.Output);
        var callers = json.RootElement.EnumerateArray().ToDictionary(t => t.GetProperty("tenant").GetString()!, t => (t.GetProperty("complaints").GetInt32(), t.GetProperty("threshold").ValueKind, t.GetProperty("state").GetString()));
        Assert.Equal((Complaints, JsonValueKind.Null, "its calls do not yet bear the calibration out"), callers[complaining.KeyId]);
        Assert.Equal((0, JsonValueKind.Number, "serving"), callers[content.KeyId]);
    }

    /// <summary>Answers that are the same for each wording, so that all that is not served shows that it could have been.</summary>
    private async Task<string> RecordAsync()
    {
        var file = _folder.File("answers.jsonl");
        await File.WriteAllLinesAsync(file, new[] { Piano, PianoReworded, Bread, BreadReworded, BreadOnceMore }.Select(question => JsonSerializer.Serialize(new
        {
            prompt = question,
            outputs = new Dictionary<string, string> { [Model] = question.Contains("piano", StringComparison.Ordinal) ? "Practise each day." : "Bake it for an hour." },
        })));
        return file;
    }

    private string Calibrated()
    {
        var file = _folder.File("semantic.model");
        SemanticModelFile.Write(file, SemanticModel.Untrained with
        {
            Calibration = new Calibration(new HashedEmbedder(RarityWeights.Unweighted).Identity, IsVerified: false, TargetPrecision: 0.99, PrecisionLow: 0.99, Threshold: 0.6, Margin: 0.03, Labels: 1000, Accepted: 500),
        });
        return file;
    }

    /// <summary>Asks until it is served: one call in twenty is asked all the same, to measure.</summary>
    private async Task<string> ServedAsync(RunningGateway gateway, IssuedKey key, string question)
    {
        for (var tries = 0; tries < 20; tries++)
        {
            if (await AskAsync(gateway, key, question) is (var id, true))
                return id;
        }
        throw new InvalidOperationException($"'{question}' is not answered from memory.");
    }

    private async Task<(string Id, bool IsServed)> AskAsync(RunningGateway gateway, IssuedKey key, string question)
    {
        using var reply = await SendAsync(gateway, key, $"/model/{Uri.EscapeDataString(Model)}/converse", $$$"""{"messages":[{"role":"user","content":[{"text":"{{{question}}}"}]}],"inferenceConfig":{"temperature":0,"maxTokens":200}}""");
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync());
        return (reply.Headers.GetValues("x-sluice-invocation-id").Single(), reply.Headers.TryGetValues("x-sluice-decisions", out var decisions) && decisions.Single().StartsWith("semantic;why=\"cosine", StringComparison.Ordinal));
    }

    /// <summary>The ledger may learn of a call's end a moment after the caller.</summary>
    private async Task<HttpStatusCode> RateAsync(RunningGateway gateway, IssuedKey key, string id, double score)
    {
        var status = HttpStatusCode.NotFound;
        for (var tries = 0; tries < 1_000 && status == HttpStatusCode.NotFound; tries++)
        {
            using var reply = await SendAsync(gateway, key, "/api/feedback", JsonSerializer.Serialize(new { invocation_id = id, score }));
            status = reply.StatusCode;
        }
        return status;
    }

    private async Task<HttpResponseMessage> SendAsync(RunningGateway gateway, IssuedKey key, string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Address, path)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Token);
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
