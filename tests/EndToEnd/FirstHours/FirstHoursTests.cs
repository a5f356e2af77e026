using System.Net;
using System.Text;
using EndToEnd.Hosts;

namespace EndToEnd.FirstHours;

/// <summary>What somebody does with the executable on the first day, on the embedded simulator.</summary>
public sealed class FirstHoursTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task BooksAreSoundAfterAnOrdinarySecondStart()
    {
        for (var i = 0; i < 2; i++)
        {
            await using var server = await SluiceProcess.StartAsync("serve", "--data", _folder.File("data"), "--urls", "http://127.0.0.1:0");
            using var client = new HttpClient();
            using var body = new StringContent("""{"messages":[{"role":"user","content":[{"text":"Hello"}]}]}""", Encoding.UTF8, "application/json");
            using var reply = await client.PostAsync(new Uri(server.Address, "/model/us.amazon.nova-lite-v1%3A0/converse"), body, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
            var stopped = await server.StopAsync();
            Assert.Equal(0, stopped.ExitCode);
        }

        var verified = await SluiceProcess.RunAsync("ledger", "verify", "--data", _folder.File("data"));

        Assert.True(verified.ExitCode == 0, verified.Everything);
        Assert.Contains("2 invocations: the books are sound", verified.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerWhoseOnlyUpstreamRefusesEveryConnectionIsNotReady()
    {
        // Nothing listens on port 1.
        await using var gateway = await RunningGateway.StartAsync(new Uri("http://127.0.0.1:1"), "retry: { max_attempts: 1 }\n");
        var key = await gateway.CreateKeyAsync("chat");
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key.Token);
        using (var before = await client.GetAsync(new Uri(gateway.Address, "/readyz"), TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        for (var i = 0; i < 8; i++)
        {
            using var body = new StringContent("""{"messages":[{"role":"user","content":[{"text":"Hello"}]}]}""", Encoding.UTF8, "application/json");
            using var reply = await client.PostAsync(new Uri(gateway.Address, "/model/us.amazon.nova-lite-v1%3A0/converse"), body, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.StatusCode);
        }

        using var after = await client.GetAsync(new Uri(gateway.Address, "/readyz"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, after.StatusCode);
    }

    [Fact]
    public async Task TheSameQuestionHasTheSameAnswerOnTheCommandLineAndOverHttp()
    {
        await using var server = await SluiceProcess.StartAsync("serve", "--data", _folder.File("data"), "--urls", "http://127.0.0.1:0");
        using var client = new HttpClient();
        using var body = new StringContent("""{"messages":[{"role":"user","content":[{"text":"Hello"}]}]}""", Encoding.UTF8, "application/json");
        using (var reply = await client.PostAsync(new Uri(server.Address, "/model/us.amazon.nova-lite-v1%3A0/converse"), body, TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);

        foreach (var (words, path) in ((string, string)[])[
            ("spend --by model,kind", "/api/reports/spend?by=model,kind"), ("savings --by app", "/api/savings?by=app"), ("quality", "/api/quality"),
            ("budgets list", "/api/budgets"), ("alerts list", "/api/alerts"), ("levers report", "/api/levers/marking"),
            ("report cost-per-task --from 2020 --to 2100", "/api/reports/cost-per-task?from=2020&to=2100")])
        {
            var asked = await SluiceProcess.RunAsync([.. words.Split(' '), "--data", _folder.File("data"), "--format", "csv"]);
            var answered = await client.GetStringAsync(new Uri(server.Address, path + (path.Contains('?', StringComparison.Ordinal) ? "&" : "?") + "format=csv"), TestContext.Current.CancellationToken);
            Assert.True(asked.ExitCode == 0, asked.Everything);
            Assert.Equal(asked.Output, answered);
        }
    }

    public void Dispose() => _folder.Dispose();
}
