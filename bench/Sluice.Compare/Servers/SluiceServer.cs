using System.Diagnostics;
using System.Text.Json;

namespace Sluice.Compare.Servers;

/// <summary>Sluice as a user starts it, with identity, metering, pricing and the ledger on, and its own commands around it.</summary>
/// <param name="folder">Where its data goes.</param>
/// <param name="settings">Its configuration file's text; null for none.</param>
internal sealed class SluiceServer(string folder, string? settings = null)
{
    private readonly string _data = Path.Combine(folder, settings is null ? "data" : "data-with-settings");

    public static string Program { get; } = Find();

    /// <summary>Makes a key; returns its token.</summary>
    public async Task<string> CreateKeyAsync()
    {
        var json = "";
        await foreach (var line in RunAsync("keys", "create", "--app", "bench", "--data", _data, "--format", "json"))
            json += line;
        return JsonDocument.Parse(json).RootElement.GetProperty("token").GetString()!;
    }

    public async Task<ServerProcess> StartAsync(int port, int upstreamPort)
    {
        List<string> arguments = ["serve", "--urls", $"http://127.0.0.1:{port}", "--upstream", $"http://127.0.0.1:{upstreamPort}", "--data", _data];
        if (settings is not null)
        {
            var file = Path.Combine(folder, "sluice.yaml");
            await File.WriteAllTextAsync(file, settings);
            arguments.AddRange(["--config", file]);
        }
        return await ServerProcess.StartAsync(port, _data + ".log", "dotnet", [Program, .. arguments]);
    }

    /// <summary>Reads the whole ledger back, as its user would export it.</summary>
    public async Task<LedgerCount> CountLedgerAsync()
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        long records = 0, complete = 0;
        await foreach (var line in RunAsync("ledger", "export", "--data", _data))
        {
            using var record = JsonDocument.Parse(line);
            var root = record.RootElement;
            records++;
            ids.Add(root.GetProperty("invocation_id").GetString()!);
            if (root.GetProperty("outcome").ValueEquals("completed")
                && root.GetProperty("cost_usd").ValueKind == JsonValueKind.String
                && root.GetProperty("key_id").ValueKind == JsonValueKind.String)
            {
                complete++;
            }
        }
        return new LedgerCount(records, ids.Count, complete);
    }

    private static async IAsyncEnumerable<string> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Program, .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
            yield return line;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"`sluice {string.Join(' ', arguments)}` ended with {process.ExitCode}.");
    }

    private static string Find()
    {
        // bin/Sluice.Compare/release/ lies beside bin/Sluice/release/.
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(folder.Parent!.Parent!.FullName, "Sluice", folder.Name, "sluice.dll");
    }
}

/// <summary>What the ledger holds of the requests that were sent.</summary>
/// <param name="Distinct">Records with an invocation id of their own.</param>
/// <param name="Complete">Records that are completed, priced, and name the key.</param>
internal sealed record LedgerCount(long Records, long Distinct, long Complete)
{
    public bool Matches(long sent) => Records == sent && Distinct == sent && Complete == sent;
}
