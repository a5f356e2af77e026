using EndToEnd.Bookkeeping;
using EndToEnd.Hosts;
using EndToEnd.Traffic;
using Sluice.Simulator;

namespace EndToEnd.Crashes;

/// <summary>
/// Kills the gateway under load, again and again on the same books, and then holds them against the simulator's own log:
/// whatever the simulator saw is in the ledger, once.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int Rounds = 10;
    private const int Callers = 16;

    [Fact]
    public async Task NoRequestIsLostOrCountedTwiceWhenTheProcessIsKilled()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_SEED"), out var given) ? given : 4711;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var mix = new Mix(seed) { Simple = true, OneLeavesIn = 10 };
        // Slow enough that a kill finds calls in every state, from connecting to draining.
        using var folder = new TemporaryFolder();
        await using var simulator = await SluiceProcess.StartAsync("simulate", "--urls", "http://127.0.0.1:0", "--seed", $"{seed}", "--speed", "0.03", "--log", folder.File("seen.jsonl"));
        await using var gateway = await RunningGateway.StartAsync(simulator.Address);
        var key = await gateway.CreateKeyAsync("crash");

        for (var round = 0; round < Rounds; round++)
        {
            if (round > 0)
                await gateway.RestartAsync();
            using var load = new Load(gateway.Address, key.Token, mix.Next, Callers);
            using var stop = new CancellationTokenSource();
            var running = load.RunAsync(int.MaxValue, stop.Token);
            // A point of the load rather than of the clock, so that a slow machine kills a gateway at work too.
            await load.WhenEndedAsync(random.Next(120));
            await Task.Delay(random.Next(40));
            await gateway.KillAsync();
            await stop.CancelAsync();
            await running;
            output.WriteLine($"round {round}: {load.Answered} answered, {load.Left} left, {load.Failed} cut off");
        }

        // A start after the last crash settles what it left open; a regular stop then ends the books.
        await gateway.RestartAsync();
        Assert.Equal(0, (await gateway.StopAsync()).ExitCode);
        var stopped = await simulator.StopAsync();
        Assert.True(stopped.ExitCode == 0, stopped.Everything);
        var verified = await SluiceProcess.RunAsync("ledger", "verify", "--data", gateway.DataDirectory);
        Assert.True(verified.ExitCode == 0, verified.Everything);

        var books = new Books(await gateway.ExportAsync(), await RequestLogFile.ReadAsync(folder.File("seen.jsonl")));
        output.WriteLine(books.ToString());
        books.AssertAgree();
        Assert.True(books.EqualCounts > 100, "too few calls were completed for the test to mean much");
        Assert.True(books.Outcomes.GetValueOrDefault("interrupted") > 0, "no call was under way when the process was killed");
    }
}
