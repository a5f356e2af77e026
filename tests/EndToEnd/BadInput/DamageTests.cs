using System.Net;
using System.Net.Http.Headers;
using System.Text;
using EndToEnd.Bookkeeping;
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
