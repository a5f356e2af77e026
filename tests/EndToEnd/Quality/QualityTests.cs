using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EndToEnd.Bookkeeping;
using EndToEnd.Hosts;
using Sluice.Simulator;

namespace EndToEnd.Quality;

/// <summary>The quality watch and callers' feedback, over real sockets and processes.</summary>
public sealed class QualityTests : IAsyncLifetime
{
    private const string Asked = "us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    private const string Small = "us.amazon.nova-lite-v1:0";

    private readonly HttpClient _client = new();
    private readonly TemporaryFolder _folder = new();
    private SimulatorHost _simulator = null!;
    private RunningGateway _gateway = null!;
    private IssuedKey _key = null!;
    private IssuedKey _admin = null!;

    public async ValueTask InitializeAsync()
    {
        _simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        _gateway = await RunningGateway.StartAsync(_simulator.Address, $$"""
            levers: { control_share: 0 }
            model_routes:
              - models: { small: {{Small}} }
                rules: [ { use: small } ]
            quality_watch: { share: 1, in_flight: 1000, judge: us.amazon.nova-pro-v1:0 }
            recording: { bodies: {{_folder.File("bodies")}} }
            """);
        _key = await _gateway.CreateKeyAsync("chat");
        _admin = await _gateway.CreateKeyAsync("reports", "--admin");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
        await _simulator.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task TheLedgerIsTheBillWithSamplesAndSavingsStillAddUp()
    {
        var callers = Enumerable.Range(0, 8).Select(async caller =>
        {
            for (var i = 0; i < 10; i++)
                await AskAsync($"What is {caller} times {i}?", i % 2 == 0 ? "" : "-stream", ("x-sluice-tag-task", "sums"));
        });
        await Task.WhenAll(callers);
        // Stopping waits for the samples that are under way.
        Assert.Equal(0, (await _gateway.StopAsync()).ExitCode);

        var entries = await _gateway.ExportAsync();
        var books = new Books(entries, _simulator.Log);
        books.AssertAgree();
        Assert.Equal(160, books.Invocations);
        Assert.Equal(_simulator.Bill.TotalUsd, books.MeasuredUsd);
        Assert.Equal(_simulator.Bill.TotalUsd, entries.Sum(e => e.CostUsd));
        Assert.All(entries, e => Assert.Equal(e.BaselineUsd - e.CostUsd, e.Decisions.Sum(d => d.SavingUsd)));
        var samples = entries.Where(e => e.BaselineUsd == 0).ToList();
        Assert.Equal(80, samples.Count);
        Assert.All(samples, s => Assert.Equal(("route", -s.CostUsd, "chat", "sums", _key.KeyId), (Assert.Single(s.Decisions).Lever, s.Decisions[0].SavingUsd, s.Tags["app"], s.Tags["task"], s.KeyId)));

        // Each pair is one line of outcomes, with the served model and the one that was asked for.
        var exported = await SluiceProcess.RunAsync("feedback", "export", "--data", _gateway.DataDirectory, "--bodies", _folder.File("bodies"));
        Assert.True(exported.ExitCode == 0, exported.Everything);
        var outcomes = exported.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("outcomes").EnumerateObject().Select(o => o.Name).Order(StringComparer.Ordinal)).ToList();
        Assert.InRange(outcomes.Count, 1, samples.Count);
        Assert.All(outcomes, models => Assert.Equal(["amazon.nova-lite-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1:0"], models));
        Assert.Contains($"{outcomes.Count} of them have outcomes of two models", exported.Everything, StringComparison.Ordinal);

        var shown = await SluiceProcess.RunAsync("quality", "--data", _gateway.DataDirectory, "--format", "json");
        Assert.True(shown.ExitCode == 0, shown.Everything);
        using var json = JsonDocument.Parse(shown.Output);
        var row = Assert.Single(json.RootElement.GetProperty("rows").EnumerateArray());
        Assert.Equal(("chat", "sums", "route", 80), (row.GetProperty("app").GetString(), row.GetProperty("task").GetString(), row.GetProperty("lever").GetString(), row.GetProperty("samples").GetInt32() + row.GetProperty("not_compared").GetInt32()));
    }

    [Fact]
    public async Task ASuspendedLeverStaysInShadowOverARestartUntilItsOwnerResumesIt()
    {
        Assert.Equal(0, (await _gateway.StopAsync()).ExitCode);
        await File.WriteAllTextAsync(Path.Combine(_gateway.DataDirectory, "quality.json"), """{"resumption_bytes":0,"entries":[{"scope":{"app":"chat","lever":"route"},"pairs":{"both_good":0,"only_treated_good":0,"only_baseline_good":50,"neither_good":0},"not_compared":0,"margin":0.05,"suspended_at":"2026-11-21T12:00:00+00:00"}]}""");
        await _gateway.RestartAsync();

        Assert.Contains("route;shadow;", (await AskAsync("Hello")).Decisions, StringComparison.Ordinal);
        Assert.DoesNotContain("shadow", (await AskAsync("Hello", "", ("x-sluice-tag-task", "other"))).Decisions, StringComparison.Ordinal);
        using (var board = await SendAsync(HttpMethod.Get, "/api/quality", _admin.Token))
            Assert.Contains("suspended", await board.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using (var board = await SendAsync(HttpMethod.Get, "/api/quality", _key.Token))
            Assert.Equal(HttpStatusCode.Forbidden, board.StatusCode);
        Assert.Equal(1, (await SluiceProcess.RunAsync("quality", "--data", _gateway.DataDirectory)).ExitCode);
        Assert.Contains("route is in shadow for app chat", (await SluiceProcess.RunAsync("savings", "--data", _gateway.DataDirectory)).Output, StringComparison.Ordinal);

        Assert.Equal(1, (await SluiceProcess.RunAsync("levers", "resume", "--app", "mail", "--lever", "route", "--data", _gateway.DataDirectory)).ExitCode);
        var resumed = await SluiceProcess.RunAsync("levers", "resume", "--app", "chat", "--lever", "route", "--data", _gateway.DataDirectory);
        Assert.True(resumed.ExitCode == 0, resumed.Everything);
        // The gateway looks once a second.
        var decisions = "shadow";
        for (var tries = 0; tries < 5_000 && decisions.Contains("shadow", StringComparison.Ordinal); tries++)
            decisions = (await AskAsync("Hello")).Decisions;
        Assert.DoesNotContain("shadow", decisions, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FeedbackIsTakenFromWhoMadeTheCallOutlivesAKillAndBecomesOutcomes()
    {
        var rated = await AskAsync("Which lock is broken?", "", ("x-sluice-tag-task", "locks"));
        var other = await AskAsync("Who has the key?");
        var stranger = await _gateway.CreateKeyAsync("stranger");
        // Prompts are written behind the calls, and a kill may lose the last second of them: feedback may lose nothing.
        Assert.Equal(0, (await _gateway.StopAsync()).ExitCode);
        await _gateway.RestartAsync();

        Assert.Equal(HttpStatusCode.NoContent, await RateAsync(_key.Token, rated.Id, 0.2, "Ask Jane Doe"));
        Assert.Equal(HttpStatusCode.NoContent, await RateAsync(_key.Token, rated.Id, 0.5, "Ask Jane Doe"));
        Assert.Equal(HttpStatusCode.NoContent, await RateAsync(_admin.Token, rated.Id, 1, null));
        Assert.Equal(HttpStatusCode.NoContent, await RateAsync(_admin.Token, other.Id, 0, null));
        Assert.Equal(HttpStatusCode.NotFound, await RateAsync(stranger.Token, rated.Id, 0, null));
        Assert.Equal(HttpStatusCode.NotFound, await RateAsync(_admin.Token, "no-such-call", 0, null));
        Assert.Equal(HttpStatusCode.Forbidden, await RateAsync("sluice.SLCEAAAAAAAAAAAAAAAA.wrong", rated.Id, 0, null));
        Assert.Equal(HttpStatusCode.BadRequest, await RateAsync(_key.Token, rated.Id, 7, null));
        await _gateway.KillAsync();
        await _gateway.RestartAsync();
        Assert.Equal(HttpStatusCode.NoContent, await RateAsync(_admin.Token, other.Id, 0.25, null));
        Assert.Equal(0, (await _gateway.StopAsync()).ExitCode);

        var exported = await SluiceProcess.RunAsync("feedback", "export", "--data", _gateway.DataDirectory, "--bodies", _folder.File("bodies"));
        Assert.True(exported.ExitCode == 0, exported.Everything);
        var lines = exported.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        var line = Assert.Single(lines, l => l.GetProperty("id").GetString() == rated.Id);
        Assert.Equal(("Which lock is broken?", "locks"), (line.GetProperty("prompt").GetString(), line.GetProperty("task").GetString()));
        // 0.5, the key's last word, and the owner's 1.
        Assert.Equal(0.75, line.GetProperty("outcomes").GetProperty("amazon.nova-lite-v1:0").GetProperty("score").GetDouble());
        Assert.Equal(0.25, Assert.Single(lines, l => l.GetProperty("id").GetString() == other.Id).GetProperty("outcomes").GetProperty("amazon.nova-lite-v1:0").GetProperty("score").GetDouble());
        Assert.DoesNotContain("Jane", _gateway.Printed + exported.Everything, StringComparison.Ordinal);

        var nothing = Directory.CreateDirectory(_folder.File("nothing")).FullName;
        var without = await SluiceProcess.RunAsync("feedback", "export", "--data", _gateway.DataDirectory, "--bodies", nothing);
        Assert.Equal(("", 0), (without.Output, without.ExitCode));
        Assert.Contains("2 whose prompt was not kept", without.Everything, StringComparison.Ordinal);
    }

    private async Task<(string Id, string Decisions)> AskAsync(string text, string form = "", params (string Name, string Value)[] headers)
    {
        using var reply = await SendAsync(HttpMethod.Post, $"/model/{Uri.EscapeDataString(Asked)}/converse{form}", _key.Token, $$$"""{"messages":[{"role":"user","content":[{"text":"{{{text}}}"}]}],"inferenceConfig":{"maxTokens":200}}""", headers);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync());
        await reply.Content.ReadAsByteArrayAsync();
        return (reply.Headers.GetValues("x-sluice-invocation-id").Single(), reply.Headers.TryGetValues("x-sluice-decisions", out var decisions) ? decisions.Single() : "");
    }

    private async Task<HttpStatusCode> RateAsync(string token, string id, double score, string? comment)
    {
        using var reply = await SendAsync(HttpMethod.Post, "/api/feedback", token, JsonSerializer.Serialize(new { invocation_id = id, score, comment }));
        return reply.StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string token, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(_gateway.Address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
