using System.Net;
using System.Net.Http.Headers;
using System.Text;
using EndToEnd.Bookkeeping;
using EndToEnd.Hosts;
using Sluice.Simulator;

namespace EndToEnd.Limiting;

/// <summary>Limits and quotas over real sockets and processes, in front of a simulator that has a quota of its own.</summary>
public sealed class LimitTests(ITestOutputHelper output)
{
    private const string Model = "us.amazon.nova-lite-v1:0";

    /// <summary>
    /// The simulator throttles whoever asks it for more than 60,000 tokens a minute. The gateway, which has been told so, lets
    /// callers wait instead: AWS throttles nobody, and the key that asks a tenth gets all that it asks.
    /// </summary>
    [Fact]
    public async Task BehindAQuotaAwsThrottlesNobodyAndALightKeyIsNotPushedOut()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { TokensPerMinute = 60_000, ReplyTokens = 20 });
        await using var gateway = await RunningGateway.StartAsync(simulator.Address, """
            retry: { max_attempts: 1 }
            quotas:
              - { name: nova, models: "*nova-lite*", tokens_per_minute: 54000, max_wait: 60s, max_queue: 40 }
            """);
        var heavy = await gateway.CreateKeyAsync("heavy");
        var light = await gateway.CreateKeyAsync("light");
        using var client = new HttpClient { BaseAddress = gateway.Address };
        // 20 callers of one key, each with its next call as soon as the last has ended; and one of the other.
        using var ending = new CancellationTokenSource();
        var crowd = Enumerable.Range(0, 20).Select(async _ =>
        {
            var answered = 0;
            while (!ending.IsCancellationRequested)
            {
                if (await CallAsync(client, heavy.Token, maxTokens: 8_000) == HttpStatusCode.OK)
                    answered++;
            }
            return answered;
        }).ToList();
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 20; i++)
            statuses.Add(await CallAsync(client, light.Token, maxTokens: 800));
        await ending.CancelAsync();
        var answered = (await Task.WhenAll(crowd)).Sum();
        await gateway.StopAsync();

        output.WriteLine($"heavy {answered} answered, light {statuses.Count(s => s == HttpStatusCode.OK)} of {statuses.Count}; throttled by the simulator {simulator.Log.Count(r => r.Error == "ThrottlingException")}");
        Assert.All(statuses, s => Assert.Equal(HttpStatusCode.OK, s));
        Assert.DoesNotContain(simulator.Log, r => r.Error == "ThrottlingException");
        var books = new Books(await gateway.ExportAsync(), simulator.Log);
        books.AssertAgree();
    }

    [Fact]
    public async Task ARefusalReachesTheCallerTheLedgerAndTheMetricsAndNoUpstream()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        await using var gateway = await RunningGateway.StartAsync(simulator.Address, "limits: { rules: [ { name: per-key, requests_per_minute: 2 } ] }");
        var key = await gateway.CreateKeyAsync("chat");
        using var client = new HttpClient { BaseAddress = gateway.Address };
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK], [await CallAsync(client, key.Token), await CallAsync(client, key.Token)]);
        using (var refused = await SendAsync(client, key.Token, maxTokens: 10))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Equal("ThrottlingException", refused.Headers.GetValues("x-amzn-ErrorType").Single());
            Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 61);
            Assert.Contains("'per-key' of 2 requests per minute", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        var metrics = await client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains("sluice_limit_throttled_total{limit=\"per-key\",kind=\"requests\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("retry\nlimit\nbudget\nsend\n", await client.GetStringAsync("/debug/pipeline", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await gateway.StopAsync();

        Assert.Equal(2, simulator.Log.Count);
        var entry = Assert.Single(await gateway.ExportAsync(), e => e.Outcome == "refused");
        Assert.Equal(("limit_exceeded", 0m, "limit"), (entry.Error, entry.CostUsd, Assert.Single(entry.Decisions).Lever));
    }

    private static async Task<HttpStatusCode> CallAsync(HttpClient client, string token, int maxTokens = 100)
    {
        using var reply = await SendAsync(client, token, maxTokens);
        await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return reply.StatusCode;
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string token, int maxTokens)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/model/{Uri.EscapeDataString(Model)}/converse")
        {
            Content = new StringContent($$$"""{"messages":[{"role":"user","content":[{"text":"Tell me something, please."}]}],"inferenceConfig":{"maxTokens":{{{maxTokens}}}}}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
