using EndToEnd.Hosts;

namespace EndToEnd.Budgets;

/// <summary>A hard limit over several processes while the PostgreSQL between them is away.</summary>
public sealed class LostDatabaseTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("refuse")]
    [InlineData("pass")]
    public async Task WithTheDatabaseAwayCallsAreTreatedAsConfiguredAndTheBooksAreRightAfterwards(string policy)
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var simulator = await SluiceProcess.StartAsync("simulate", "--urls", "http://127.0.0.1:0", "--speed", "0.05");
        var limit = decimal.Round(500 * await BudgetedCalls.MeanCostAsync(simulator.Address), 6);
        await using var replicas = await Replicas.StartAsync(2, simulator.Address, SharedBudget.Settings(limit, postgres, policy));

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
}
