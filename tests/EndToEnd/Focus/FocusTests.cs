using System.Globalization;
using System.Text.Json;
using EndToEnd.Hosts;
using EndToEnd.Traffic;
using Sluice.Simulator;

namespace EndToEnd.Focus;

/// <summary>The ledger of a real run as a FOCUS file: conformant by our own check, and the same money and tokens when it is imported again.</summary>
public sealed class FocusTests(ITestOutputHelper output)
{
    private const int Calls = 200;

    [Fact]
    public async Task TheLedgerGoesOutAndComesBackUnchanged()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions { Seed = 8 });
        await using var gateway = await RunningGateway.StartAsync(simulator.Address);
        var key = await gateway.CreateKeyAsync("focus");
        using (var load = new Load(gateway.Address, key.Token, new Mix(8) { OneLeavesIn = int.MaxValue }.Next, 4))
            await load.RunAsync(Calls, CancellationToken.None);
        await gateway.StopAsync();
        var cost = (await gateway.ExportAsync()).Sum(e => e.CostUsd ?? 0);

        foreach (var version in new[] { "1.2", "1.4" })
        {
            var file = Path.Combine(gateway.DataDirectory, $"focus-{version}.csv");
            var exported = await SluiceProcess.RunAsync("focus", "export", "--from", "2020-01-01", "--to", "2099-01-01", "--by", "hour", "--version", version, "--out", file, "--data", gateway.DataDirectory);
            Assert.True(exported.ExitCode == 0, exported.Everything);
            var check = await SluiceProcess.RunAsync("focus", "check", file, "--version", version, "--advice");
            output.WriteLine(check.Everything);
            Assert.True(check.ExitCode == 0, check.Everything);
            Assert.Contains("no rule is broken", check.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("advice", check.Output, StringComparison.Ordinal);

            var books = Path.Combine(gateway.DataDirectory, "again-" + version);
            var imported = await SluiceProcess.RunAsync("import", file, "--data", books, "--format", "json");
            Assert.True(imported.ExitCode == 0, imported.Everything);
            using var services = JsonDocument.Parse(imported.Output);
            var billed = Assert.Single(services.RootElement.EnumerateArray()).GetProperty("billed").GetString()!;
            Assert.Equal(cost, decimal.Parse(billed, CultureInfo.InvariantCulture));
        }
    }
}
