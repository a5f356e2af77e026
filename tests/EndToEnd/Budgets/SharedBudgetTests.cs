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
        await using var replicas = await Replicas.StartAsync(processes, simulator.Address, SharedBudget.Settings(limit, postgres));

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
}
