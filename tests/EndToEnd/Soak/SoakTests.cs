using System.Diagnostics;
using EndToEnd.Bookkeeping;
using EndToEnd.Hosts;
using EndToEnd.Traffic;
using Sluice.Simulator;

namespace EndToEnd.Soak;

/// <summary>
/// Many calls of every kind, with everything going wrong that can: at the end the ledger's measured cost is the simulator's
/// bill, exactly. SLUICE_SOAK_REQUESTS says how many; docs/testing.md has the figures of a long run.
/// </summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int Callers = 16;

    private static readonly FaultRates Faults = new()
    {
        Throttle = 0.01,
        Error = 0.01,
        Cut = 0.005,
        Stall = 0.002,
        Corrupt = 0.005,
        StreamError = 0.005,
        SlowHeaders = 0.002,
    };

    [Fact]
    public async Task LedgerEqualsTheBillAfterEverythingWentWrong()
    {
        var requests = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_SOAK_REQUESTS"), out var asked) ? asked : 3_000;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_SEED"), out var given) ? given : 20_261_121;
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions
        {
            Seed = seed,
            Faults = Faults,
            LogCapacity = requests * 3,
            StallFor = TimeSpan.FromMilliseconds(300),
            // Replies that take a few milliseconds, so that who leaves leaves in the middle.
            Speed = 0.01,
        });
        await using var gateway = await RunningGateway.StartAsync(simulator.Address, "retry: { base_delay: 10ms }");
        var key = await gateway.CreateKeyAsync("soak");
        var mix = new Mix(seed);
        using var load = new Load(gateway.Address, key.Token, mix.Next, Callers);

        var started = Stopwatch.GetTimestamp();
        await load.RunAsync(requests, CancellationToken.None);
        var took = Stopwatch.GetElapsedTime(started);
        // Stopping lets the replies end whose callers have left.
        var stopped = await gateway.StopAsync();
        Assert.Equal(0, stopped.ExitCode);

        var books = new Books(await gateway.ExportAsync(), simulator.Log);
        output.WriteLine($"seed {seed}: {requests} calls in {took.TotalSeconds:0.0} s ({requests / took.TotalSeconds:0} a second); {load.Answered} answered, {load.Left} left, {load.Failed} cut off");
        output.WriteLine($"{books}; bill ${simulator.Bill.TotalUsd} for {simulator.Bill.Calls} calls");
        books.AssertAgree();
        Assert.Equal(requests, books.Invocations);
        Assert.Equal(0, simulator.Bill.UnpricedCalls);
        Assert.Equal(simulator.Bill.TotalUsd, books.MeasuredUsd);
    }
}
