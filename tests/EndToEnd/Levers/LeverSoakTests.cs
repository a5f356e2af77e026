using EndToEnd.Bookkeeping;
using EndToEnd.Hosts;
using EndToEnd.Traffic;
using Sluice.Simulator;

namespace EndToEnd.Levers;

/// <summary>
/// The soak again, with every lever on: the ledger is still the simulator's bill, and what the levers claim adds up.
/// SLUICE_SOAK_REQUESTS and SLUICE_SEED are as there.
/// </summary>
public sealed class LeverSoakTests(ITestOutputHelper output)
{
    [Fact]
    public async Task LedgerEqualsTheBillAndSavingsAddUpWithEveryLeverOn()
    {
        var requests = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_SOAK_REQUESTS"), out var asked) ? asked : 3_000;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_SEED"), out var given) ? given : 20_261_121;
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions
        {
            Seed = seed,
            Faults = new FaultRates { Throttle = 0.01, Error = 0.01, Cut = 0.005, Stall = 0.002, Corrupt = 0.005, StreamError = 0.005, SlowHeaders = 0.002 },
            LogCapacity = requests * 4,
            StallFor = TimeSpan.FromMilliseconds(300),
            Speed = 0.01,
        });
        await using var gateway = await RunningGateway.StartAsync(simulator.Address, $"retry: {{ base_delay: 10ms }}\n{LeverClientsFixture.AllOn}");
        var key = await gateway.CreateKeyAsync("soak");
        var mix = new LeverMix(seed);
        using var load = new Load(gateway.Address, key.Token, mix.Next, callers: 16);
        await load.RunAsync(requests, CancellationToken.None);
        Assert.Equal(0, (await gateway.StopAsync()).ExitCode);

        // Tokens that the gateway has counted for itself are free, and no invocation of anybody.
        var seen = simulator.Log.Where(r => r.Operation != "CountTokens").ToList();
        var entries = await gateway.ExportAsync();
        var books = new Books(entries, seen);
        var known = entries.Where(e => e is { BaselineUsd: not null, CostUsd: not null }).ToList();
        var byLever = known.SelectMany(e => e.Decisions).GroupBy(d => d.Lever).ToDictionary(g => g.Key, g => (Calls: g.Count(), SavedUsd: g.Sum(d => d.SavingUsd)));
        output.WriteLine($"seed {seed}: {load.Answered} answered, {load.Left} left, {load.Failed} cut off; {books}; bill ${simulator.Bill.TotalUsd}");
        output.WriteLine($"baseline ${known.Sum(e => e.BaselineUsd)}, cost ${known.Sum(e => e.CostUsd)}; {string.Join(", ", byLever.Select(l => $"{l.Key} {l.Value.Calls} calls ${l.Value.SavedUsd}"))}");

        books.AssertAgree();
        Assert.Equal(requests, books.Invocations);
        Assert.Equal(0, simulator.Bill.UnpricedCalls);
        Assert.Equal(simulator.Bill.TotalUsd, books.MeasuredUsd);
        Assert.All(known, e => Assert.Equal(e.BaselineUsd - e.CostUsd, e.Decisions.Sum(d => d.SavingUsd!.Value)));
        // A stream that broke before its first event was asked for again, and no one knows what AWS bills for the first attempt.
        var told = entries.Where(e => e is { Outcome: "completed" or "answered_locally" } && e.Attempts.All(a => a.CostUsd is not null));
        Assert.All(told, e => Assert.NotNull(e.BaselineUsd));
        // Every call of the mix is valid, so a fifth cache point, or points in an order that AWS rejects, would show here.
        Assert.DoesNotContain(seen, r => r.Error == "ValidationException");
        Assert.Equal(["coalesce", "mark", "place", "recall", "trim"], byLever.Keys.Where(k => k != "output").Order(StringComparer.Ordinal));
        Assert.True(known.Sum(e => e.CostUsd) < known.Sum(e => e.BaselineUsd), "levers that are all on cost less in all");
    }
}
