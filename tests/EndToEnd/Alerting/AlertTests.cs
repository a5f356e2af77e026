using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using EndToEnd.Hosts;
using Sluice.Simulator;
using Sluice.Testing;

namespace EndToEnd.Alerting;

/// <summary>Alerts from a gateway in a process of its own to a receiver that is not always there.</summary>
public sealed class AlertTests : IAsyncLifetime
{
    private readonly HttpClient _client = new();
    private readonly List<string> _told = [];
    private HttpListener? _receiver;
    private int _port;
    private SimulatorHost _simulator = null!;

    public async ValueTask InitializeAsync()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            _port = ((IPEndPoint)free.LocalEndpoint).Port;
        }
        _simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
    }

    public async ValueTask DisposeAsync()
    {
        _receiver?.Close();
        _client.Dispose();
        await _simulator.DisposeAsync();
    }

    [Fact]
    public async Task AnAlertThatNobodyTookOutlivesAKilledGatewayAndIsToldOnce()
    {
        await using var gateway = await RunningGateway.StartAsync(_simulator.Address, $$"""
            limits: { rules: [ { name: per-key, requests_per_minute: 1 } ] }
            alerts: { channels: [ { name: ops, type: webhook, url: "http://127.0.0.1:{{_port}}/hook" } ] }
            """);
        var key = await gateway.CreateKeyAsync("chat");
        var admin = await gateway.CreateKeyAsync("reports", "--admin");
        for (var i = 0; i < 3; i++)
            await CallAsync(gateway, key);
        await UntilAsync(async () => (await ListAsync(gateway)) is [{ } alert] && alert.GetProperty("tries").GetInt64() > 0);
        await gateway.KillAsync();

        Listen();
        await gateway.RestartAsync();
        await CallAsync(gateway, key);
        await CallAsync(gateway, key);
        await UntilAsync(async () => (await ListAsync(gateway)).All(a => a.GetProperty("state").GetString() == "delivered"));
        lock (_told)
        {
            // Where the hour has just changed there is one of each, and still none twice.
            var told = _told.ConvertAll(t => JsonDocument.Parse(t).RootElement);
            Assert.All(told, t => Assert.Equal(("limit", $"per-key: {key.KeyId}"), (t.GetProperty("kind").GetString(), t.GetProperty("subject").GetString())));
            Assert.Equal(told.Count, told.Select(t => t.GetProperty("id").GetString()).Distinct().Count());
            Assert.InRange(told.Count, 1, 2);
        }

        // The API says the same, to admin keys alone.
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(gateway, "/api/alerts", key)).Status);
        var (status, text) = await GetAsync(gateway, "/api/alerts?state=delivered&kind=limit", admin);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains($"\"subject\": \"per-key: {key.KeyId}\"", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync(gateway, "/api/alerts?state=lost", admin)).Status);
    }

    [Fact]
    public async Task ChannelsCanBeTriedAndAlertsSentAgain()
    {
        Listen();
        using var folder = new TemporaryFolder();
        var config = folder.File("sluice.yaml");
        await File.WriteAllTextAsync(config, $$"""alerts: { channels: [ { name: ops, type: webhook, url: "http://127.0.0.1:{{_port}}/hook" }, { name: away, type: slack, url: "http://127.0.0.1:9/x" } ] }""", TestContext.Current.CancellationToken);

        var tried = await SluiceProcess.RunAsync("alerts", "test", "--config", config, "--format", "csv");
        Assert.Equal(1, tried.ExitCode);
        Assert.Contains("ops,webhook,true,", tried.Output, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:9 can't be reached", tried.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await SluiceProcess.RunAsync("alerts", "test", "--config", config, "--channel", "ops")).ExitCode);
        lock (_told)
            Assert.Equal(2, _told.Count);
        Assert.Equal(3, (await SluiceProcess.RunAsync("alerts", "resend", "--given-up", "--data", folder.File("none"))).ExitCode);
        Assert.Equal(2, (await SluiceProcess.RunAsync("alerts", "resend", "--data", folder.File("none"))).ExitCode);
        Assert.Contains("Examples:", (await SluiceProcess.RunAsync("alerts", "list", "--help")).Output, StringComparison.Ordinal);
    }

    private void Listen()
    {
        _receiver = new HttpListener { Prefixes = { $"http://127.0.0.1:{_port}/" } };
        _receiver.Start();
        _ = ServeAsync(_receiver);
    }

    private async Task ServeAsync(HttpListener receiver)
    {
        try
        {
            while (true)
            {
                var context = await receiver.GetContextAsync();
                using var body = new StreamReader(context.Request.InputStream);
                var text = await body.ReadToEndAsync();
                lock (_told)
                    _told.Add(text);
                context.Response.StatusCode = 204;
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task<IReadOnlyList<JsonElement>> ListAsync(RunningGateway gateway)
    {
        var listed = await SluiceProcess.RunAsync("alerts", "list", "--data", gateway.DataDirectory, "--format", "json");
        Assert.True(listed.ExitCode == 0, listed.Everything);
        return [.. JsonDocument.Parse(listed.Output).RootElement.GetProperty("rows").EnumerateArray()];
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(HangGuard.Limit);
        while (!await condition())
            await Task.Delay(TimeSpan.FromMilliseconds(300), patience.Token);
    }

    private async Task<(HttpStatusCode Status, string Text)> GetAsync(RunningGateway gateway, string path, IssuedKey key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Token);
        using var reply = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return (reply.StatusCode, await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async Task CallAsync(RunningGateway gateway, IssuedKey key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Address, "/model/us.amazon.nova-lite-v1%3A0/converse"))
        {
            Content = new StringContent("""{"messages":[{"role":"user","content":[{"text":"Hello"}]}]}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Token);
        using var reply = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
    }
}
