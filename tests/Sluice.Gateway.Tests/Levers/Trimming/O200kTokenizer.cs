using System.Diagnostics;
using System.Text.Json;
using Sluice.Gateway.Tests.Levers.Trimming;
using Sluice.Testing;

[assembly: AssemblyFixture(typeof(O200kTokenizer))]

namespace Sluice.Gateway.Tests.Levers.Trimming;

/// <summary>Exact o200k token counts, by a package that Node runs and that is installed at the first use.</summary>
public sealed class O200kTokenizer : IDisposable
{
    private static readonly string Folder = Path.Combine(SharedFolder.RepositoryRoot, "tests", "Sluice.Gateway.Tests", "Levers", "Trimming", "tokenizer");
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly SemaphoreSlim _installing = new(1, 1);
    private string? _missing;
    private bool _installed;

    /// <summary>The counts of the texts, in order; skips the running test where Node or the package can't be had.</summary>
    public async Task<int[]> CountAsync(IEnumerable<string> texts)
    {
        await InstallAsync();
        Assert.SkipWhen(_missing is not null, _missing ?? "");
        var file = Path.GetTempFileName();
        try
        {
            await using (var stream = File.Create(file))
                await JsonSerializer.SerializeAsync(stream, texts);
            var (exitCode, output, error) = await RunAsync("node", ["count.mjs", file]);
            Assert.True(exitCode == 0, error);
            return JsonSerializer.Deserialize<int[]>(output)!;
        }
        finally
        {
            File.Delete(file);
        }
    }

    public void Dispose() => _installing.Dispose();

    private async Task InstallAsync()
    {
        await _installing.WaitAsync();
        try
        {
            if (_installed || _missing is not null)
                return;
            if (!Directory.Exists(Path.Combine(Folder, "node_modules", "gpt-tokenizer")))
            {
                var (exitCode, _, error) = await RunAsync("npm", ["ci", "--no-audit", "--no-fund"]);
                if (exitCode != 0)
                    _missing = $"The package of {Path.GetRelativePath(SharedFolder.RepositoryRoot, Folder)} can't be installed, is there a network? {error}";
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

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var patience = new CancellationTokenSource(Limit);
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
            throw new TimeoutException($"{program} {arguments[0]} did not end within {Limit}.", e);
        }
    }
}
