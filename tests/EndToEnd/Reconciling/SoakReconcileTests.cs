using System.Text.Json;
using EndToEnd.Hosts;
using EndToEnd.Traffic;
using Sluice.Simulator;

namespace EndToEnd.Reconciling;

/// <summary>
/// The soak's calls, held against the simulator's bill through <c>sluice import</c> and <c>sluice reconcile</c>. SLUICE_SOAK_REQUESTS says how many;
/// docs/testing.md has the command and the figures of a long run.
/// </summary>
public sealed class SoakReconcileTests(ITestOutputHelper output)
{
    private const int Callers = 16;
    private const int UsualCalls = 1_500;

    /// <summary>What goes wrong before a reply begins: nothing of it is billed.</summary>
    private static readonly FaultRates BeforeReplies = new() { Throttle = 0.01, Error = 0.01, SlowHeaders = 0.002 };

    /// <summary>Replies break off too: the simulator bills nothing for them, and the ledger can only estimate.</summary>
    private static readonly FaultRates InReplies = BeforeReplies with { Cut = 0.005, Stall = 0.002, Corrupt = 0.005, StreamError = 0.005 };

    private static int Calls => int.TryParse(Environment.GetEnvironmentVariable("SLUICE_SOAK_REQUESTS"), out var asked) ? asked : UsualCalls;

    private static int Seed => int.TryParse(Environment.GetEnvironmentVariable("SLUICE_SEED"), out var given) ? given : 20_261_121;

    /// <summary>One call in 25 is left by its caller in the middle, some are throttled and repeated: not a token differs.</summary>
    [Fact]
    public async Task TheSoakReconcilesToTheLastToken()
    {
        await using var run = await SoakRun.StartAsync(Calls, Seed, BeforeReplies, Callers);
        var result = await run.ReconcileAsync(run.Bill, "--tolerance", "0");
        output.WriteLine($"seed {Seed}: {run}\n{result.Everything}");
        Assert.True(result.ExitCode == 0, result.Everything);
        Assert.Contains("0.00 % differ", result.Output, StringComparison.Ordinal);
        Assert.Contains("100.00 % of the bill is explained", result.Output, StringComparison.Ordinal);
    }

    /// <summary>Where replies break off, what differs is what the ledger had to estimate, and it says so; a fault that is planted into the bill is named beside it.</summary>
    [Fact]
    public async Task PlantedFaultsAreNamedAmongAbortedStreams()
    {
        await using var run = await SoakRun.StartAsync(Calls, Seed + 1, InReplies, Callers);
        var honest = await CausesAsync(run, run.Bill);
        Assert.Equal(["aborted_streams"], honest);

        Assert.Equal("price_book_behind", (await CausesAsync(run, run.Edited(b => b.Change("output-tokens", r => BillEdit.Scale(r, "line_item_unblended_cost", 1.25m)))))[0]);
        // Its place depends on what broken replies cost in the same soak, which can be as much as 3 % of the traffic.
        Assert.Contains("past_the_gateway", await CausesAsync(run, run.Edited(b => b.Again(r =>
        {
            r["line_item_iam_principal"] = "arn:aws:iam::111122223333:user/bob";
            BillEdit.Scale(r, "line_item_usage_amount", 0.03m);
            BillEdit.Scale(r, "line_item_unblended_cost", 0.03m);
        }))));
        Assert.Equal("unknown_tier", (await CausesAsync(run, run.Edited(b => b.Change("-input-tokens", r => r["line_item_usage_type"] += "-turbo"))))[0]);
        Assert.Equal("cache_write_split", (await CausesAsync(run, run.Edited(b => b.Change("cache-write-input-token-count", r =>
        {
            r["line_item_usage_type"] = r["line_item_usage_type"].Replace("cache-write-input", "cache-write-1h-input", StringComparison.Ordinal);
            BillEdit.Scale(r, "line_item_unblended_cost", 1.6m);
        }))))[0]);
    }

    private async Task<string[]> CausesAsync(SoakRun run, string bill)
    {
        var result = await run.ReconcileAsync(bill, "--causes", "--format", "json");
        output.WriteLine(result.Everything);
        using var causes = JsonDocument.Parse(result.Output);
        return [.. causes.RootElement.EnumerateArray().Select(c => c.GetProperty("cause").GetString()!)];
    }
}
