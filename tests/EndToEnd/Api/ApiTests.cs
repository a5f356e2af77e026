using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EndToEnd.Hosts;
using Sluice.Simulator;

namespace EndToEnd.Api;

/// <summary>The ledger over HTTP, asked as a script would, on a server that requires keys.</summary>
public sealed class ApiTests : IAsyncLifetime
{
    private readonly HttpClient _client = new();
    private SimulatorHost _simulator = null!;
    private RunningGateway _gateway = null!;
    private IssuedKey _caller = null!;
    private IssuedKey _admin = null!;

    public async ValueTask InitializeAsync()
    {
        _simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        _gateway = await RunningGateway.StartAsync(_simulator.Address, "levers: { mode: on, control_share: 0 }");
        _caller = await _gateway.CreateKeyAsync("chat");
        _admin = await _gateway.CreateKeyAsync("reports", "--admin");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
        await _simulator.DisposeAsync();
    }

    [Fact]
    public async Task SavingsSpendAndTheLedgerAreThereForAdminKeysAlone()
    {
        string id = "";
        for (var i = 0; i < 3; i++)
        {
            using var reply = await CallAsync();
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
            id = reply.Headers.GetValues("x-sluice-invocation-id").Single();
        }
        using (var early = await GetAsync("/api/savings", _caller.Token))
            Assert.Equal(HttpStatusCode.Forbidden, early.StatusCode);

        // The index runs behind the journal, so the first answers may be short of the last calls.
        JsonElement all = default;
        for (var tries = 0; tries < 500 && (all.ValueKind == JsonValueKind.Undefined || all.GetProperty("calls").GetInt64() < 3); tries++)
            all = (await AnswerAsync("/api/savings")).GetProperty("totals")[0];
        Assert.Equal(3, all.GetProperty("calls").GetInt64());
        var recall = (await RowsAsync("/api/savings?by=lever")).Single(r => r.GetProperty("lever").GetString() == "recall");
        Assert.Equal(2, recall.GetProperty("calls").GetInt64());
        Assert.Equal(all.GetProperty("saving_usd").ToString(), recall.GetProperty("saving_usd").ToString());

        var app = (await RowsAsync("/api/savings?by=app"))[0];
        Assert.Equal(("chat", 3L), (app.GetProperty("app").GetString(), app.GetProperty("calls").GetInt64()));
        Assert.Equal("chat", (await RowsAsync("/api/spend?by=app"))[0].GetProperty("app").GetString());
        using var csv = await GetAsync("/api/savings?format=csv", _admin.Token);
        Assert.StartsWith("lever,calls,saving_usd,", await csv.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var one = await GetAsync($"/api/ledger/{id}", _admin.Token);
        Assert.Contains($"\"invocation_id\":\"{id}\"", await one.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var wrong = await GetAsync("/api/savings?from=soon", _admin.Token);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("2026-11-21", await wrong.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BillsAndReportsAreThereForAdminKeysAlone()
    {
        using (var none = await GetAsync("/api/reports/spend-by-team", _admin.Token))
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        var bill = Path.Combine(_gateway.DataDirectory, "bill.csv");
        await File.WriteAllTextAsync(bill, """
            line_item_usage_start_date,line_item_usage_end_date,line_item_usage_type,line_item_product_code,line_item_usage_amount,line_item_unblended_cost,line_item_currency_code,resource_tags
            2026-11-20T10:00:00Z,2026-11-20T11:00:00Z,USE1-NovaLite-input-tokens,AmazonBedrock,10,0.0006,USD,"{""user_team"":""red""}"

            """, TestContext.Current.CancellationToken);
        var imported = await SluiceProcess.RunAsync("import", bill, "--data", _gateway.DataDirectory);
        Assert.True(imported.ExitCode == 0, imported.Everything);

        using (var refused = await GetAsync("/api/reports/spend-by-team", _caller.Token))
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var spent = await GetAsync("/api/spend?basis=billed&by=provider,team", _admin.Token);
        using var spend = JsonDocument.Parse(await spent.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal((0, "effective"), (spend.RootElement.GetProperty("notes").GetArrayLength(), spend.RootElement.GetProperty("cost_basis").GetString()));
        var row = spend.RootElement.GetProperty("rows")[0];
        Assert.Equal(("AWS", "red", 10_000L, "0.0006"), (row.GetProperty("provider").GetString(), row.GetProperty("team").GetString(), row.GetProperty("input").GetInt64(), row.GetProperty("cost").GetString()));
        using var reply = await GetAsync("/api/reports/spend-by-team", _admin.Token);
        using var report = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("billed", "red"), (report.RootElement.GetProperty("basis").GetString(), report.RootElement.GetProperty("rows")[0].GetProperty("team").GetString()));
        using var wrong = await GetAsync("/api/spend?by=provider", _admin.Token);
        Assert.Contains("--basis billed has 'provider'", await wrong.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using var missing = await GetAsync("/api/reports/everything", _admin.Token);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task TheCatalogueIsDescribedInOpenApi()
    {
        var document = await AnswerAsync("/api/openapi.json");
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var catalogue = await AnswerAsync("/api/reports");
        Assert.Equal(
            catalogue.GetProperty("reports").EnumerateArray().Select(r => r.GetProperty("path").GetString()),
            document.GetProperty("paths").EnumerateObject().Select(p => p.Name));
        var spend = document.GetProperty("paths").GetProperty("/api/reports/spend").GetProperty("get");
        Assert.Contains(spend.GetProperty("parameters").EnumerateArray(), p => p.GetProperty("name").GetString() == "where");
    }

    [Fact]
    public async Task AQuestionThatIsWrongIsRefusedInTheSameWordsWhereverItIsAsked()
    {
        foreach (var path in (string[])["/api/spend?bye=app", "/api/reports/spend?bye=app"])
        {
            using var reply = await GetAsync(path, _admin.Token);
            Assert.Equal(HttpStatusCode.BadRequest, reply.StatusCode);
            var detail = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("detail").GetString();
            Assert.Equal("The report 'spend' takes no 'bye'; did you mean 'by'?", detail);
        }
    }

    private async Task<HttpResponseMessage> CallAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_gateway.Address, "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse"))
        {
            Content = new StringContent("""{"messages":[{"role":"user","content":[{"text":"Hello"}]}],"inferenceConfig":{"temperature":0,"maxTokens":500}}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _caller.Token);
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_gateway.Address, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task<IReadOnlyList<JsonElement>> RowsAsync(string path) => [.. (await AnswerAsync(path)).GetProperty("rows").EnumerateArray()];

    private async Task<JsonElement> AnswerAsync(string path)
    {
        using var reply = await GetAsync(path, _admin.Token);
        var text = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(reply.StatusCode == HttpStatusCode.OK, text);
        using var json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }
}
