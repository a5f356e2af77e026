using EndToEnd.Hosts;
using EndToEnd.Traffic;
using Sluice.Simulator;

namespace EndToEnd.Reconciling;

/// <summary>
/// The whole way: real calls through the gateway, the simulator's own bill as a CUR, <c>sluice import</c> and <c>sluice reconcile</c>. The two
/// sides count tokens and money by code of their own.
/// </summary>
public sealed class ReconcileTests(ITestOutputHelper output)
{
    private const int Calls = 300;

    [Fact]
    public async Task TheBillOfARunReconcilesToTheLastToken()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { Seed = 5 });
        await using var gateway = await RunningGateway.StartAsync(simulator.Address);
        await RunAsync(gateway, new Mix(5) { OneLeavesIn = int.MaxValue });
        var bill = await BillAsync(simulator, gateway);

        var imported = await SluiceProcess.RunAsync("import", bill, "--data", gateway.DataDirectory);
        Assert.True(imported.ExitCode == 0, imported.Everything);
        Assert.DoesNotContain("labelled unknown", imported.Output, StringComparison.Ordinal);

        var reconciled = await SluiceProcess.RunAsync("reconcile", "--tolerance", "0", "--data", gateway.DataDirectory);
        output.WriteLine(reconciled.Everything);
        Assert.True(reconciled.ExitCode == 0, reconciled.Everything);
        Assert.Contains("0.00 % differ", reconciled.Output, StringComparison.Ordinal);
        Assert.Contains("100.00 % of the bill is explained", reconciled.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TrafficPastTheGatewayIsTheFirstCause()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { Seed = 6 });
        await using var gateway = await RunningGateway.StartAsync(simulator.Address);
        await RunAsync(gateway, new Mix(6) { OneLeavesIn = int.MaxValue });
        // Twenty more calls go to Bedrock itself.
        using var past = new Load(simulator.Address, "none", new Mix(7) { OneLeavesIn = int.MaxValue, Simple = true }.Next, 1);
        await past.RunAsync(20, CancellationToken.None);
        var bill = await BillAsync(simulator, gateway);

        await SluiceProcess.RunAsync("import", bill, "--data", gateway.DataDirectory);
        var reconciled = await SluiceProcess.RunAsync("reconcile", "--data", gateway.DataDirectory);
        output.WriteLine(reconciled.Everything);
        Assert.Equal(1, reconciled.ExitCode);
        Assert.Contains("1. past_the_gateway", reconciled.Output, StringComparison.Ordinal);
    }

    private static async Task RunAsync(RunningGateway gateway, Mix mix)
    {
        var key = await gateway.CreateKeyAsync("reconcile");
        using var load = new Load(gateway.Address, key.Token, mix.Next, 4);
        await load.RunAsync(Calls, CancellationToken.None);
        Assert.Equal(Calls, load.Answered);
        await gateway.StopAsync();
    }

    private static async Task<string> BillAsync(SimulatorHost simulator, RunningGateway gateway)
    {
        await simulator.WhenIdleAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient();
        var file = Path.Combine(gateway.DataDirectory, "bill.csv");
        await File.WriteAllTextAsync(file, await client.GetStringAsync(new Uri(simulator.Address, "/_simulator/bill"), TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        return file;
    }
}
