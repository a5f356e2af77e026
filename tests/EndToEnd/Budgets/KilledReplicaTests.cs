using EndToEnd.Hosts;

namespace EndToEnd.Budgets;

/// <summary>A hard limit over several processes, some of which are killed at work.</summary>
public sealed class KilledReplicaTests(ITestOutputHelper output)
{
    [Fact]
    public async Task KilledProcessesLeaveNoRoomForOthersAndSettleWhenTheyComeBack()
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var simulator = await SluiceProcess.StartAsync("simulate", "--urls", "http://127.0.0.1:0", "--speed", "0.3");
        var limit = decimal.Round(500 * await BudgetedCalls.MeanCostAsync(simulator.Address), 6);
        await using var replicas = await Replicas.StartAsync(2, simulator.Address, SharedBudget.Settings(limit, postgres));
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
}
