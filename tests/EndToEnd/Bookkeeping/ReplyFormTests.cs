using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EndToEnd.Hosts;
using Sluice.Simulator;

namespace EndToEnd.Bookkeeping;

/// <summary>The forms in which real replies come, each asked of the simulator in every protocol: the ledger equals its bill.</summary>
public sealed class ReplyFormTests(ITestOutputHelper output)
{
    private const string Claude = "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/";
    private const string Converse =
        """{"messages":[{"role":"user","content":[{"text":"Say something about rivers."}]}],"inferenceConfig":{"maxTokens":400}}""";
    private const string Messages =
        """{"anthropic_version":"bedrock-2023-05-31","max_tokens":400,"messages":[{"role":"user","content":"Say something about rivers."}]}""";
    private const string Responses = """{"model":"openai.gpt-5.6-terra","input":"Say something about rivers.","max_output_tokens":400}""";
    private const string StreamedResponses =
        """{"model":"openai.gpt-5.6-terra","input":"Say something about rivers.","max_output_tokens":400,"stream":true}""";

    private static readonly (string Path, string Body)[] Calls =
    [
        (Claude + "converse", Converse), (Claude + "converse-stream", Converse),
        (Claude + "invoke", Messages), (Claude + "invoke-with-response-stream", Messages),
        ("/openai/v1/responses", Responses), ("/openai/v1/responses", StreamedResponses),
    ];

    [Fact]
    public async Task TheLedgerIsTheBillInEveryForm()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { Seed = 11, Speed = 0.01 });
        await using var gateway = await RunningGateway.StartAsync(simulator.Address);
        var key = await gateway.CreateKeyAsync("forms");
        using var client = new HttpClient { BaseAddress = gateway.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Token);

        foreach (var (path, body) in Calls)
        {
            foreach (var form in (string[])["gzip", "deflate", "br", "zstd", "hidden-reasoning=200", "gzip, hidden-reasoning=200"])
                await PostAsync(client, path, body, form);
        }
        foreach (var body in (string[])[Responses, StreamedResponses])
            await PostAsync(client, "/openai/v1/responses", body, "web-search=3");
        Assert.Equal(0, (await gateway.StopAsync()).ExitCode);

        var books = new Books(await gateway.ExportAsync(), simulator.Log);
        output.WriteLine($"{books}; bill ${simulator.Bill.TotalUsd}");
        books.AssertAgree();
        Assert.Equal((0, 0, 0), (simulator.Bill.UnpricedCalls, books.EstimatedAttempts, books.UnknownAttempts));
        Assert.Equal(simulator.Bill.TotalUsd, books.MeasuredUsd);
    }

    [Fact]
    public async Task AnAnswerThatComesLaterIsBilledOnceHoweverOftenItIsRead()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { Seed = 12, Speed = 0.01 });
        await using var gateway = await RunningGateway.StartAsync(simulator.Address);
        var key = await gateway.CreateKeyAsync("later", "--allow-stateful");
        using var client = new HttpClient { BaseAddress = gateway.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Token);

        var queued = await PostAsync(client, "/openai/v1/responses", Responses.Replace("{", """{"background":true,""", StringComparison.Ordinal));
        var path = "/openai/v1/responses/" + queued.GetProperty("id").GetString();
        for (var reads = 0; reads < 3;)
        {
            using var reply = await client.GetAsync(path, TestContext.Current.CancellationToken);
            var answer = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
            Assert.True(reply.IsSuccessStatusCode, answer.ToString());
            if (answer.GetProperty("status").GetString() == "completed")
                reads++;
        }
        Assert.Equal(0, (await gateway.StopAsync()).ExitCode);

        var ledger = await gateway.ExportAsync();
        Assert.Equal(1, simulator.Bill.Calls);
        Assert.True(simulator.Bill.TotalUsd > 0);
        Assert.Equal(simulator.Bill.TotalUsd, ledger.Sum(e => e.CostUsd ?? 0));
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, string body, string? form = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (form is not null)
            request.Headers.Add("x-simulator-form", form);
        using var reply = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var bytes = await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.True(reply.StatusCode == HttpStatusCode.OK, $"{path} {form}: {reply.StatusCode} {Encoding.UTF8.GetString(bytes)}");
        return form is null ? JsonDocument.Parse(bytes).RootElement : default;
    }
}
