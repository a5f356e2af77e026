using EndToEnd.Hosts;

namespace EndToEnd.Budgets;

/// <summary>Several gateways of one configuration, each with books of its own.</summary>
internal sealed class Replicas : IAsyncDisposable
{
    private readonly List<RunningGateway> _gateways = [];
    private readonly List<string> _tokens = [];

    public IReadOnlyList<RunningGateway> All => _gateways;

    /// <summary>Where to send calls now: a gateway that was started again has another address.</summary>
    public IReadOnlyList<(Uri Gateway, string Token)> Targets => [.. _gateways.Zip(_tokens, (g, t) => (g.Address, t))];

    public static async Task<Replicas> StartAsync(int processes, Uri simulator, string settings)
    {
        var replicas = new Replicas();
        for (var i = 0; i < processes; i++)
        {
            var gateway = await RunningGateway.StartAsync(simulator, settings, connectLimit: "5m");
            replicas._gateways.Add(gateway);
            replicas._tokens.Add((await gateway.CreateKeyAsync("chat")).Token);
        }
        return replicas;
    }

    /// <summary>Ends them regularly, and returns what all their ledgers say was spent.</summary>
    public async Task<decimal> StopAsync()
    {
        var cost = 0m;
        foreach (var gateway in _gateways)
        {
            var stopped = await gateway.StopAsync();
            Assert.True(stopped.ExitCode == 0, stopped.Everything);
            cost += (await gateway.ExportAsync()).Sum(e => e.Attempts.Sum(a => a.CostUsd ?? 0));
        }
        return cost;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in _gateways)
            await gateway.DisposeAsync();
    }
}
