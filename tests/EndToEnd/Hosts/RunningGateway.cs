using System.Text.Json;

namespace EndToEnd.Hosts;

/// <summary>A key as <c>sluice keys create --format json</c> shows it once.</summary>
internal sealed record IssuedKey(string KeyId, string Secret, string Token);

/// <summary><c>sluice serve</c> in a process of its own, in front of an upstream, with its books in a folder that outlives it.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _printed = [];
    private SluiceProcess _process = null!;
    private string[] _arguments = [];

    public Uri Address => _process.Address;

    public string DataDirectory => _folder.File("data");

    public string SettingsFile => _folder.File("sluice.yaml");

    /// <summary>Everything that it printed in all its lives.</summary>
    public string Printed => string.Concat(_printed) + _process.Printed;

    /// <param name="upstream">What it calls.</param>
    /// <param name="settings">Further lines of sluice.yaml.</param>
    /// <param name="connectLimit">For tests whose many calls at once take a slow machine long to connect.</param>
    public static async Task<RunningGateway> StartAsync(Uri upstream, string settings = "", string connectLimit = "5s")
    {
        var gateway = new RunningGateway();
        var file = gateway.SettingsFile;
        await File.WriteAllTextAsync(file, $"upstreams: [{{ name: upstream, url: \"{upstream.GetLeftPart(UriPartial.Authority)}\", connect_limit: {connectLimit} }}]\nauth: required\n{settings}\n");
        gateway._arguments = ["serve", "--config", file, "--data", gateway.DataDirectory, "--urls", "http://127.0.0.1:0"];
        gateway._process = await SluiceProcess.StartAsync(gateway._arguments);
        return gateway;
    }

    public async Task<IssuedKey> CreateKeyAsync(string app, params string[] more)
    {
        var created = await SluiceProcess.RunAsync(["keys", "create", "--app", app, "--team", "end-to-end", "--data", DataDirectory, "--format", "json", .. more]);
        Assert.True(created.ExitCode == 0, created.Everything);
        using var json = JsonDocument.Parse(created.Output);
        var root = json.RootElement;
        return new IssuedKey(root.GetProperty("key_id").GetString()!, root.GetProperty("secret").GetString()!, root.GetProperty("token").GetString()!);
    }

    public async Task KillAsync()
    {
        await _process.KillAsync();
        await ForgetAsync();
    }

    public Task<SluiceResult> StopAsync() => _process.StopAsync();

    /// <summary>Starts it again on the same books.</summary>
    public async Task RestartAsync() => _process = await SluiceProcess.StartAsync(_arguments);

    /// <summary>What <c>sluice ledger export</c> says.</summary>
    public async Task<IReadOnlyList<LedgerEntry>> ExportAsync()
    {
        var exported = await SluiceProcess.RunAsync("ledger", "export", "--data", DataDirectory);
        Assert.True(exported.ExitCode == 0, exported.Everything);
        return [.. exported.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(LedgerEntry.Parse)];
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private async Task ForgetAsync()
    {
        _printed.Add(_process.Printed);
        await _process.DisposeAsync();
    }
}
