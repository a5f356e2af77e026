using System.Diagnostics;
using System.Text;
using EndToEnd.Nodes;
using Sluice.Testing;

[assembly: AssemblyFixture(typeof(NodeClients))]

namespace EndToEnd.Nodes;

/// <summary>The scripts in <c>clients/</c>, run by Node with the packages that their lock file names, which are installed at the first use.</summary>
public sealed class NodeClients : IDisposable
{
    private static readonly string Folder = Path.Combine(SharedFolder.RepositoryRoot, "tests", "EndToEnd", "clients");

    private readonly SemaphoreSlim _installing = new(1, 1);
    private string? _missing;
    private bool _installed;

    /// <summary>Runs one script and returns what it printed, a line each; skips the running test where Node or its packages can't be had.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(string script, params string[] arguments)
    {
        await InstallAsync();
        Assert.SkipWhen(_missing is not null, _missing ?? "");
        var (_, output, _) = await StartAsync("node", [script, .. arguments]);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose() => _installing.Dispose();

    private async Task InstallAsync()
    {
        await _installing.WaitAsync();
        try
        {
            if (_installed || _missing is not null)
                return;
            if (!Directory.Exists(Path.Combine(Folder, "node_modules", "@aws-sdk", "client-bedrock-runtime")))
            {
                var (exitCode, _, error) = await StartAsync("npm", ["ci", "--no-audit", "--no-fund"]);
                if (exitCode != 0)
                    _missing = $"The packages of tests/EndToEnd/clients can't be installed, is there a network? {error}";
            }
            _installed = _missing is null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            _missing = "Node is not installed on this machine.";
        }
        finally
        {
            _installing.Release();
        }
    }

    private static async Task<(int ExitCode, string Output, string Error)> StartAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        // What the developer has set for real AWS calls must not reach these clients.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("AWS_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(HangGuard.Limit);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var error = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {arguments[0]} did not end within {HangGuard.Limit}.", e);
        }
    }
}
