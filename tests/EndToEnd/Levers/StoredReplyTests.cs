using System.Net.Http.Headers;
using System.Text;
using EndToEnd.Hosts;
using Sluice.Simulator;

namespace EndToEnd.Levers;

/// <summary>Replies on the disk, over restarts of the process and damage to the file.</summary>
public sealed class StoredReplyTests
{
    private const string Settings = "levers: { control_share: 0, recall: { disk: 10MB } }";

    [Fact]
    public async Task AStoredAnswerOutlivesTheProcessAndADamagedFileStopsNobody()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        await using var gateway = await RunningGateway.StartAsync(simulator.Address, Settings);
        var key = await gateway.CreateKeyAsync("stored");
        var first = await AskAsync(gateway, key);
        Assert.Null(first.Decisions);
        Assert.Equal(0, (await gateway.StopAsync()).ExitCode);

        await gateway.RestartAsync();
        var second = await AskAsync(gateway, key);
        Assert.StartsWith("recall;", second.Decisions, StringComparison.Ordinal);
        Assert.Equal(first.Text, second.Text);
        Assert.StartsWith("recall;", (await AskAsync(gateway, key, "-stream")).Decisions, StringComparison.Ordinal);
        // Another caller has asked nothing yet.
        Assert.Null((await AskAsync(gateway, await gateway.CreateKeyAsync("other"))).Decisions);
        Assert.Equal(2, simulator.Log.Count(r => r.Operation == "Converse"));
        Assert.Equal(0, (await gateway.StopAsync()).ExitCode);

        await File.WriteAllTextAsync(Path.Combine(gateway.DataDirectory, "replies.db"), new string('x', 5_000), TestContext.Current.CancellationToken);
        await gateway.RestartAsync();
        Assert.Null((await AskAsync(gateway, key)).Decisions);
        Assert.StartsWith("recall;", (await AskAsync(gateway, key)).Decisions, StringComparison.Ordinal);
        Assert.Contains("replies.db was damaged", gateway.Printed, StringComparison.Ordinal);
    }

    private static async Task<(string Text, string? Decisions)> AskAsync(RunningGateway gateway, IssuedKey key, string form = "")
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Address, $"/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse{form}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key.Token);
        request.Content = new StringContent("""{"messages":[{"role":"user","content":[{"text":"Hello"}]}],"inferenceConfig":{"temperature":0,"maxTokens":4000}}""", Encoding.UTF8, "application/json");
        using var reply = await client.SendAsync(request);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync());
        return (await reply.Content.ReadAsStringAsync(), reply.Headers.TryGetValues("x-sluice-decisions", out var decisions) ? decisions.Single() : null);
    }
}
