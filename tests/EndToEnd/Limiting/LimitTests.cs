using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
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
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await gateway.CreateKeyAsync("operations", "--admin")).Token);
        var metrics = await client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains("sluice_limit_throttled_total{limit=\"per-key\",kind=\"requests\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("retry\nlimit\nbudget\nsend\n", await client.GetStringAsync("/debug/pipeline", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await gateway.StopAsync();

        Assert.Equal(2, simulator.Log.Count);
        var entry = Assert.Single(await gateway.ExportAsync(), e => e.Outcome == "refused");
        Assert.Equal(("limit_exceeded", 0m, "limit"), (entry.Error, entry.CostUsd, Assert.Single(entry.Decisions).Lever));
    }

    [Fact]
    public async Task TheKeysCommandShowsWhatCallsOfAKeyMeet()
    {
        using var folder = new TemporaryFolder();
        var (config, data) = (folder.File("sluice.yaml"), folder.File("data"));
        var created = await SluiceProcess.RunAsync("keys", "create", "--app", "chat", "--data", data, "--format", "json");
        var keyId = JsonDocument.Parse(created.Output).RootElement.GetProperty("key_id").GetString()!;
        await File.WriteAllTextAsync(
            config,
            $$"""
            limits:
              rules:
                - { name: per-model, per: key_and_app_and_model, models: "*opus*", requests_per_minute: 2, tokens_per_minute: 5000 }
                - { name: mail, app: mail, concurrency: 1 }
                - { name: this-key, key: {{keyId}}, task: draft*, concurrency: 3 }
                - { name: other-key, key: SLCOTHER, concurrency: 3 }
            quotas:
              - { name: sonnet, models: "*sonnet*", tokens_per_minute: 90000, shares: { {{keyId}}: 3 } }
            budgets:
              - { name: keys, scope: "key:each", limit: 20, at: [{ percent: 100, do: stop }] }
              - { name: mail, scope: "app:mail", limit: 5 }
              - { name: opus, scope: "model:*opus*", limit: 9 }
            """, TestContext.Current.CancellationToken);

        var shown = await SluiceProcess.RunAsync("keys", "show", keyId, "--config", config, "--data", data, "--format", "csv");

        Assert.True(shown.ExitCode == 0, shown.Everything);
        Assert.Equal(
            [
                "kind,name,calls,counted_per,limit,now",
                "limit,per-model,models *opus*,key_and_app_and_model,\"2 requests per minute, 5000 tokens per minute\",",
                "limit,this-key,task draft*,key,3 calls at once,",
                "quota,sonnet,models *sonnet*,\"all, turns by key with share 3\",90000 tokens per minute,",
                "budget,keys,key:each,each,\"20 USD, month; 100:stop\",\"0 USD spent, 0 held\"",
                "budget,opus,model:*opus*,all,\"9 USD, month; 50:alert, 80:alert, 100:alert\",",
            ],
            shown.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.Equal(1, (await SluiceProcess.RunAsync("keys", "show", "SLCNOBODY", "--data", data)).ExitCode);
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
