using EndToEnd.Hosts;

namespace EndToEnd.Budgets;

/// <summary>One hard limit over several processes, with PostgreSQL between them.</summary>
public sealed class SharedBudgetTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task TwoThousandCallsAtOnceOverSeveralProcessesUseALimitForFiveHundredAndNeverPassIt(int processes)
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var simulator = await SluiceProcess.StartAsync("simulate", "--urls", "http://127.0.0.1:0", "--speed", "0.05");
        var limit = decimal.Round(500 * await BudgetedCalls.MeanCostAsync(simulator.Address), 6);
        await using var replicas = await Replicas.StartAsync(processes, simulator.Address, Settings(limit, postgres));

        var calls = new BudgetedCalls();
        await calls.SendAsync(2_000, replicas.Targets);
        output.WriteLine($"limit {limit} USD; {calls}");
        Assert.Equal(2_000, calls.Served + calls.Refused.Count);
        var cost = await replicas.StopAsync();
        output.WriteLine($"spent {cost} USD, {100 * cost / limit:0.0} %");
        Assert.True(cost <= limit, $"{cost} USD were spent of {limit}");
        Assert.True(cost >= 0.95m * limit, $"only {cost} USD were spent of {limit}");
        var (spent, unknown, held) = await BudgetBooks.ReadAsync(replicas.All[0], "shared");
        Assert.Equal((cost, 0m, 0m), (spent, unknown, held));
    }

    [Fact]
    public async Task KilledProcessesLeaveNoRoomForOthersAndSettleWhenTheyComeBack()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var simulator = await SluiceProcess.StartAsync("simulate", "--urls", "http://127.0.0.1:0", "--speed", "0.3");
        var limit = decimal.Round(500 * await BudgetedCalls.MeanCostAsync(simulator.Address), 6);
        await using var replicas = await Replicas.StartAsync(2, simulator.Address, Settings(limit, postgres));
        for (var round = 0; round < 2; round++)
        {
            var during = new BudgetedCalls();
            var sending = during.SendAsync(120, replicas.Targets);
            while (during.Served < 20)
                await Task.Delay(5);
            await replicas.All[0].KillAsync();
            await sending;
            output.WriteLine($"killed: {during}");
            await replicas.All[0].RestartAsync();
        }
        var after = new BudgetedCalls();
        await after.SendAsync(1_200, replicas.Targets);
        output.WriteLine($"limit {limit} USD; {after}");
        var cost = await replicas.StopAsync();
        var (spent, unknown, held) = await BudgetBooks.ReadAsync(replicas.All[0], "shared");
        output.WriteLine($"ledgers {cost}, counted {spent} + {unknown}, held {held}");
        Assert.True(spent + unknown >= cost, "what the ledgers know must be counted");
        Assert.True(spent + unknown <= limit, $"{spent} + {unknown} is more than {limit}");
        Assert.True(spent + unknown >= 0.95m * limit, $"{spent} + {unknown} is less than 95 % of {limit}");
        Assert.Equal(0, held);
    }

    [Theory]
    [InlineData("refuse")]
    [InlineData("pass")]
    public async Task WithTheDatabaseAwayCallsAreTreatedAsConfiguredAndTheBooksAreRightAfterwards(string policy)
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var simulator = await SluiceProcess.StartAsync("simulate", "--urls", "http://127.0.0.1:0", "--speed", "0.05");
        var limit = decimal.Round(500 * await BudgetedCalls.MeanCostAsync(simulator.Address), 6);
        await using var replicas = await Replicas.StartAsync(2, simulator.Address, Settings(limit, postgres, policy));

        var before = new BudgetedCalls();
        await before.SendAsync(60, replicas.Targets);
        await postgres.StopAsync();
        var away = new BudgetedCalls();
        var tenSeconds = Task.Delay(TimeSpan.FromSeconds(10));
        do
            await away.SendAsync(20, replicas.Targets);
        while (!tenSeconds.IsCompleted);
        await postgres.StartAgainAsync();
        output.WriteLine($"before: {before}\naway: {away}");
        Assert.Equal(60, before.Served);
        if (policy == "pass")
        {
            // A replica that has spent the whole limit by itself knows that without asking.
            Assert.Equal(away.All, away.Served + away.Refused.Count);
            Assert.True(away.Served > 0, away.ToString());
        }
        else
        {
            Assert.True(away.Unavailable > 0, away.ToString());
            Assert.Equal(away.All, away.Served + away.Unavailable);
        }

        var after = new BudgetedCalls();
        // Until each replica has found the database again, a call may still be treated as if it were away.
        do
            await after.SendAsync(40, replicas.Targets);
        while (after.Refused.Count == 0 && after.All < 20_000);
        output.WriteLine($"after: {after}");
        var cost = await replicas.StopAsync();
        var (spent, unknown, held) = await BudgetBooks.ReadAsync(replicas.All[0], "shared");
        output.WriteLine($"ledgers {cost}, counted {spent} + {unknown}, held {held}, limit {limit}");
        Assert.Equal((cost, 0m, 0m), (spent, unknown, held));
        if (policy == "refuse")
            Assert.True(cost <= limit, $"{cost} USD were spent of {limit}");
        Assert.True(cost >= 0.95m * limit, $"only {cost} USD were spent of {limit}");
    }

    private static string Settings(decimal limit, PostgresServer postgres, string onLoss = "refuse") => $$"""
        budgets:
          - { name: shared, limit: {{BudgetedCalls.Usd(limit)}}, window: year, at: [{ percent: 100, do: stop }] }
        budget_state: { postgres: "{{postgres.ConnectionString}}", wait: 10m, patience: 60s, on_loss: {{onLoss}} }
        retry: { max_attempts: 1 }
        """;
}
