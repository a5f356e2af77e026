using System.Net;
using System.Net.Http.Headers;
using System.Text;
using EndToEnd.Bookkeeping;
using EndToEnd.Budgets;
using EndToEnd.Hosts;
using Sluice.Simulator;

namespace EndToEnd.BadInput;

/// <summary>Files that somebody or some disk has damaged.</summary>
public sealed class DamageTests
{
    [Fact]
    public async Task DamagedDatabaseIsMadeAnewFromTheJournal()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        await using var gateway = await RunningGateway.StartAsync(simulator.Address);
        var key = await gateway.CreateKeyAsync("damage");
        await CallAsync(gateway, key);
        await gateway.StopAsync();
        var database = Path.Combine(gateway.DataDirectory, "ledger.db");
        await File.WriteAllTextAsync(database, "this was a database once");

        await gateway.RestartAsync();
        await CallAsync(gateway, key);

        Assert.Contains("damaged", gateway.Printed);
        var books = new Books(await gateway.ExportAsync(), simulator.Log);
        books.AssertAgree();
        Assert.Equal(2, books.EqualCounts);
    }

    [Fact]
    public async Task DamagedKeyFileStopsTheStartAndSaysWhatToDo()
    {
        using var folder = new TemporaryFolder();
        var data = folder.File("data");
        Assert.Equal(0, (await SluiceProcess.RunAsync("keys", "create", "--app", "x", "--data", data)).ExitCode);
        await File.WriteAllTextAsync(Path.Combine(data, "keys.json"), "[{\"key_id\":");

        var result = await SluiceProcess.RunAsync("serve", "--data", data, "--urls", "http://127.0.0.1:0");

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("keys.json", result.Error);
        Assert.Contains("restore", result.Error);
    }

    [Fact]
    public async Task DamagedBudgetsStopTheStartAndSayWhatToDo()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        await using var gateway = await RunningGateway.StartAsync(simulator.Address);
        var key = await gateway.CreateKeyAsync("damage");
        await CallAsync(gateway, key);
        await gateway.StopAsync();
        var budgets = Path.Combine(gateway.DataDirectory, "budgets.db");
        await File.WriteAllTextAsync(budgets, "these were budgets once");

        // Without what they have counted a hard limit would be none, so that is for its owner to say.
        foreach (var command in (string[][])[["serve", "--data", gateway.DataDirectory, "--urls", "http://127.0.0.1:0"], ["budgets", "list", "--data", gateway.DataDirectory]])
        {
            var result = await SluiceProcess.RunAsync(command);
            Assert.Equal(3, result.ExitCode);
            Assert.Contains("budgets.db", result.Error);
            Assert.Contains("move it away", result.Error);
        }

        File.Move(budgets, budgets + ".old");
        await gateway.RestartAsync();
        var set = await SluiceProcess.RunAsync("budgets", "set", "all", "--limit", "5", "--data", gateway.DataDirectory);
        Assert.True(set.ExitCode == 0, set.Everything);
        await gateway.StopAsync();
        await gateway.RestartAsync();
        // What the ledger says of the window counts.
        Assert.Equal((await gateway.ExportAsync()).Sum(e => e.CostUsd!.Value), (await BudgetBooks.ReadAsync(gateway, "all")).Spent);
    }

    [Fact]
    public async Task DamagedAlertsAreKeptAsideAndTheGatewayGoesOn()
    {
        await using var simulator = await SimulatorHost.StartAsync(new SimulatorOptions());
        await using var gateway = await RunningGateway.StartAsync(simulator.Address);
        var key = await gateway.CreateKeyAsync("damage");
        await gateway.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(gateway.DataDirectory, "alerts.db"), "these were alerts once");

        await gateway.RestartAsync();
        await CallAsync(gateway, key);

        Assert.Contains("alerts.db was damaged; it is kept as", gateway.Printed);
        Assert.Equal("these were alerts once", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(gateway.DataDirectory, "alerts.db.damaged-*"))));
        var listed = await SluiceProcess.RunAsync("alerts", "list", "--data", gateway.DataDirectory, "--format", "json");
        Assert.True(listed.ExitCode == 0, listed.Everything);
    }

    private static async Task CallAsync(RunningGateway gateway, IssuedKey key)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Token);
        using var reply = await client.PostAsync(
            new Uri(gateway.Address.GetLeftPart(UriPartial.Authority) + BadInputFixture.ConversePath),
            new StringContent(BadInputFixture.ConverseBody, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }
}
