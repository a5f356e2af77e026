using EndToEnd.Hosts;

namespace EndToEnd.Budgets;

/// <summary>A hard limit of one process, with real processes on both sides of it.</summary>
public sealed class OneProcessTests(ITestOutputHelper output)
{
    [Fact]
    public async Task TwoThousandCallsAtOnceUseALimitForFiveHundredAndNeverPassIt()
    {
        await using var simulator = await SluiceProcess.StartAsync("simulate", "--urls", "http://127.0.0.1:0", "--speed", "0.05");
        var limit = decimal.Round(500 * await BudgetedCalls.MeanCostAsync(simulator.Address), 6);
        await using var gateway = await RunningGateway.StartAsync(simulator.Address, Settings(limit), connectLimit: "5m");
        var key = await gateway.CreateKeyAsync("chat");

        var calls = new BudgetedCalls();
        await calls.SendAsync(2_000, (gateway.Address, key.Token));
        output.WriteLine($"limit {limit} USD; {calls}");
        Assert.Equal(2_000, calls.Served + calls.Refused.Count);
        Assert.All(calls.Refused, message =>
        {
            Assert.Contains("'chat-hour'", message, StringComparison.Ordinal);
            Assert.Contains($"{limit:0.######} USD", message, StringComparison.Ordinal);
            Assert.Contains("resets at", message, StringComparison.Ordinal);
        });

        Assert.Equal(0, (await gateway.StopAsync()).ExitCode);
        await AssertBooksAsync(gateway, limit);
    }

    [Fact]
    public async Task AKilledProcessGoesOnWithWhatItsBooksSay()
    {
        await using var simulator = await SluiceProcess.StartAsync("simulate", "--urls", "http://127.0.0.1:0", "--speed", "0.3");
        var mean = await BudgetedCalls.MeanCostAsync(simulator.Address);
        var limit = decimal.Round(400 * mean, 6);
        await using var gateway = await RunningGateway.StartAsync(simulator.Address, Settings(limit), connectLimit: "5m");
        var key = await gateway.CreateKeyAsync("chat");
        for (var round = 0; round < 3; round++)
        {
            var before = new BudgetedCalls { StallEvery = 3 };
            var sending = before.SendAsync(60, (gateway.Address, key.Token));
            while (before.Served < 10 * (round + 1))
                await Task.Delay(5);
            await gateway.KillAsync();
            await sending;
            output.WriteLine($"killed: {before}");
            await gateway.RestartAsync();
        }
        var after = new BudgetedCalls();
        await after.SendAsync(1_000, (gateway.Address, key.Token));
        output.WriteLine($"limit {limit} USD; {after}");
        Assert.Equal(0, (await gateway.StopAsync()).ExitCode);
        var entries = await gateway.ExportAsync();
        Assert.Contains(entries, e => e.Outcome == "interrupted");
        var (spent, unknown, held) = await BooksOf(gateway);
        output.WriteLine($"spent {spent}, unknown {unknown}, held {held}");
        Assert.Equal(entries.Sum(e => e.Attempts.Sum(a => a.CostUsd ?? 0)), spent);
        Assert.Equal(0, held);
        Assert.True(unknown > 0, "the interrupted calls must count for something");
        Assert.True(spent + unknown <= limit, $"{spent} + {unknown} is more than {limit}");
        Assert.True(spent + unknown >= 0.95m * limit, $"{spent} + {unknown} is less than 95 % of {limit}");
    }

    private static string Settings(decimal limit) => $$"""
        budgets:
          - { name: chat-hour, scope: "app:chat", limit: {{BudgetedCalls.Usd(limit)}}, window: year, at: [{ percent: 80, do: alert }, { percent: 100, do: stop }] }
        budget_state: { wait: 10m }
        retry: { max_attempts: 1 }
        """;

    private static async Task AssertBooksAsync(RunningGateway gateway, decimal limit)
    {
        var cost = (await gateway.ExportAsync()).Sum(e => e.CostUsd ?? 0);
        Assert.True(cost <= limit, $"{cost} USD were spent of {limit}");
        Assert.True(cost >= 0.95m * limit, $"only {cost} USD were spent of {limit}");
        Assert.Equal((cost, 0m, 0m), await BooksOf(gateway));
    }

    /// <summary>What <c>sluice budgets list</c> says.</summary>
    private static Task<(decimal Spent, decimal Unknown, decimal Held)> BooksOf(RunningGateway gateway) => BudgetBooks.ReadAsync(gateway, "chat-hour");
}
