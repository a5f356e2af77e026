using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EndToEnd.Hosts;

namespace EndToEnd.Budgets;

/// <summary>Calls of one shape, plain and streamed, all at once, and what became of them.</summary>
internal sealed class BudgetedCalls
{
    private const string Path = "/model/global.anthropic.claude-sonnet-4-5-20250929-v1%3A0/";

    private static readonly string[] Topics = ["rivers", "bridges", "clocks", "gardens", "ships", "maps", "stars", "bread"];

    private readonly ConcurrentBag<(HttpStatusCode? Status, string? Error, string Body)> _replies = [];

    /// <summary>Every how many calls one gets no answer for a minute, so that a kill meets calls under way on any machine; 0 for none.</summary>
    public int StallEvery { get; init; }

    public int Served => _replies.Count(r => r.Status == HttpStatusCode.OK);

    /// <summary>Turned down by a budget.</summary>
    public IReadOnlyList<string> Refused => [.. _replies.Where(r => r is { Status: HttpStatusCode.BadRequest, Error: "ServiceQuotaExceededException" }).Select(r => r.Body)];

    /// <summary>Turned down because the state of the budgets was away.</summary>
    public int Unavailable => _replies.Count(r => r.Status == HttpStatusCode.ServiceUnavailable);

    /// <summary>The connection broke.</summary>
    public int Broken => _replies.Count(r => r.Status is null);

    public int All => _replies.Count;

    public override string ToString() => $"{All} calls: {Served} served, {Refused.Count} refused, {Unavailable} unavailable, {Broken} broken; others: "
        + string.Join(", ", _replies.Where(r => r.Status is not (null or HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable) && r.Error != "ServiceQuotaExceededException").Select(r => $"{r.Status} {r.Body}").Take(3));

    /// <summary>Sends them all at once, in turn to each gateway.</summary>
    public async Task SendAsync(int calls, params IReadOnlyList<(Uri Gateway, string Token)> gateways)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 4_000 }) { Timeout = TimeSpan.FromMinutes(10) };
        await Task.WhenAll(Enumerable.Range(0, calls).Select(i => Task.Run(() => CallAsync(client, gateways[i % gateways.Count], i))));
    }

    /// <summary>What such a call costs on the average, measured by some without a budget.</summary>
    public static async Task<decimal> MeanCostAsync(Uri simulator)
    {
        await using var gateway = await RunningGateway.StartAsync(simulator, connectLimit: "5m");
        var key = await gateway.CreateKeyAsync("measure");
        var calls = new BudgetedCalls();
        await calls.SendAsync(40, (gateway.Address, key.Token));
        Assert.True(calls.Served == 40, calls.ToString());
        Assert.Equal(0, (await gateway.StopAsync()).ExitCode);
        return (await gateway.ExportAsync()).Average(e => e.CostUsd!.Value);
    }

    /// <summary>A whole number of micro-dollars, so that it reads well.</summary>
    public static string Usd(decimal amount) => decimal.Round(amount, 6).ToString(CultureInfo.InvariantCulture);

    private async Task CallAsync(HttpClient client, (Uri Gateway, string Token) to, int number)
    {
        var body = JsonSerializer.Serialize(new
        {
            messages = new[] { new { role = "user", content = new[] { new { text = $"Tell me about {Topics[number % Topics.Length]}, please, in two sentences. ({number % 100})" } } } },
            inferenceConfig = new { maxTokens = 60 },
        });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(to.Gateway, Path + (number % 2 == 0 ? "converse" : "converse-stream"))) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", to.Token);
        if (StallEvery > 0 && number % StallEvery == 0)
            request.Headers.Add("x-simulator-fault", "stall-after=0");
        try
        {
            using var response = await client.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            _replies.Add((response.StatusCode, response.Headers.TryGetValues("x-amzn-ErrorType", out var type) ? type.First() : null, response.IsSuccessStatusCode ? "" : text));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            _replies.Add((null, null, e.Message));
        }
    }
}
