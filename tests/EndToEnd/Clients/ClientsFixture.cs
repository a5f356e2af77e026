using EndToEnd.Bookkeeping;
using EndToEnd.Hosts;
using Sluice.Simulator;

namespace EndToEnd.Clients;

/// <summary>One simulator and one gateway for all tests with real clients, and for each of them a key of its own.</summary>
/// <param name="levers">The levers' part of the configuration.</param>
public abstract class ClientsFixture(string levers) : IAsyncLifetime
{
    private SimulatorHost _simulator = null!;

    internal RunningGateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        // Faults are asked for again and again by the same header, so that retrying them would only take time.
        Gateway = await RunningGateway.StartAsync(_simulator.Address, $"retry: {{ max_attempts: 1 }}\n{levers}");
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Gateway.DisposeAsync();
        await _simulator.DisposeAsync();
    }

    /// <summary>What is in the ledger for a key, after it was held against what the simulator saw of these calls.</summary>
    internal async Task<IReadOnlyList<LedgerEntry>> BooksOfAsync(IssuedKey key)
    {
        var entries = (await Gateway.ExportAsync()).Where(e => e.KeyId == key.KeyId).ToList();
        var ids = entries.SelectMany(e => e.Attempts).Select(a => a.RequestId).ToHashSet();
        // An SDK may send an invocation id of its own, so the two are tied by request ids alone.
        var seen = _simulator.Log.Where(r => ids.Contains(r.RequestId)).Select(r => r with { SdkInvocationId = entries.Find(e => e.Attempts.Any(a => a.RequestId == r.RequestId))!.InvocationId });
        new Books(entries, seen).AssertAgree();
        return entries;
    }
}
