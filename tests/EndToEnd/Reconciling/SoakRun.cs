using EndToEnd.Hosts;
using EndToEnd.Traffic;
using Sluice.Simulator;

namespace EndToEnd.Reconciling;

/// <summary>A soak that is over: the ledger that it left, and the simulator's bill as a file.</summary>
internal sealed class SoakRun : IAsyncDisposable
{
    private readonly RunningGateway _gateway;
    private readonly string _summary;
    private int _edits;

    private SoakRun(RunningGateway gateway, string bill, string summary) => (_gateway, Bill, _summary) = (gateway, bill, summary);

    public string Bill { get; }

    public static async Task<SoakRun> StartAsync(int calls, int seed, FaultRates faults, int callers)
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { Seed = seed, Faults = faults, LogCapacity = 1, StallFor = TimeSpan.FromMilliseconds(300), Speed = 0.01 });
        var gateway = await RunningGateway.StartAsync(simulator.Address, "retry: { base_delay: 10ms }");
        var key = await gateway.CreateKeyAsync("soak");
        using var load = new Load(gateway.Address, key.Token, new Mix(seed).Next, callers);
        await load.RunAsync(calls, CancellationToken.None);
        // Stopping lets the replies end whose callers have left.
        Assert.Equal(0, (await gateway.StopAsync()).ExitCode);
        await simulator.WhenIdleAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient();
        var file = Path.Combine(gateway.DataDirectory, "bill.csv");
        await File.WriteAllTextAsync(file, await client.GetStringAsync(new Uri(simulator.Address, "/_simulator/bill"), TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        return new SoakRun(gateway, file, $"{calls} calls; {load.Answered} answered, {load.Left} left, {load.Failed} cut off; the bill has {simulator.Bill.Calls} calls for ${simulator.Bill.TotalUsd}");
    }

    public string Edited(Func<BillEdit, BillEdit> edit)
    {
        var file = Path.Combine(_gateway.DataDirectory, $"edited-{++_edits}.csv");
        edit(new BillEdit(Bill)).Save(file);
        return file;
    }

    /// <summary>Imports one bill into an empty store beside the ledger, and reconciles.</summary>
    public async Task<SluiceResult> ReconcileAsync(string bill, params string[] options)
    {
        foreach (var store in Directory.GetFiles(_gateway.DataDirectory, "costs.db*"))
            File.Delete(store);
        var imported = await SluiceProcess.RunAsync("import", bill, "--data", _gateway.DataDirectory);
        Assert.True(imported.ExitCode == 0, imported.Everything);
        return await SluiceProcess.RunAsync(["reconcile", "--data", _gateway.DataDirectory, .. options]);
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    public override string ToString() => _summary;
}
