using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Sluice.Testing;

namespace EndToEnd.Hosts;

/// <summary>What a run of the executable left behind.</summary>
internal sealed record SluiceResult(int ExitCode, string Output, string Error)
{
    public string Everything => Output + Error;
}

/// <summary>The real executable in a process of its own, as users start it.</summary>
internal sealed partial class SluiceProcess : IAsyncDisposable
{
    private static readonly string Executable = Path.Combine(AppContext.BaseDirectory, "sluice.dll");

    private readonly Process _process;
    private bool _isDisposed;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SluiceProcess(string[] arguments, (string Name, string Value)? variable = null)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Executable, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("AWS_", StringComparison.Ordinal) || k.StartsWith("SLUICE_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        if (variable is { } set)
            start.Environment[set.Name] = set.Value;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => Take(_output, e.Data);
        _process.ErrorDataReceived += (_, e) => Take(_error, e.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where it listens, by the line that it prints when it is ready.</summary>
    public Uri Address => _address.Task.Result;

    /// <summary>All that it has printed so far, on both streams.</summary>
    public string Printed
    {
        get { lock (_output) return $"{_output}{_error}"; }
    }

    /// <summary>Starts a server and waits until it says where it listens.</summary>
    public static async Task<SluiceProcess> StartAsync(params string[] arguments)
    {
        var started = new SluiceProcess(arguments);
        var ended = started._process.WaitForExitAsync();
        var first = await Task.WhenAny(started._address.Task, ended).WaitAsync(HangGuard.Limit);
        if (first == ended)
            Assert.Fail($"sluice {string.Join(' ', arguments)} ended with {started._process.ExitCode} instead of listening:\n{started.Printed}");
        return started;
    }

    /// <summary>Runs a command to its end.</summary>
    public static Task<SluiceResult> RunAsync(params string[] arguments) => RunAsync(null, arguments);

    /// <summary>Runs a command to its end, with one variable more in its environment.</summary>
    public static async Task<SluiceResult> RunAsync((string Name, string Value)? variable, params string[] arguments)
    {
        await using var started = new SluiceProcess(arguments, variable);
        using var patience = new CancellationTokenSource(HangGuard.Limit);
        await started._process.WaitForExitAsync(patience.Token);
        return started.Result;
    }

    /// <summary>Ends it as a power cut would: nothing in it gets to run.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends it as a service manager does, and returns what it left behind.</summary>
    public async Task<SluiceResult> StopAsync()
    {
        if (!_process.HasExited)
        {
            // .NET can't send the signal; every shell can.
            using var kill = Process.Start("sh", ["-c", $"kill -TERM {_process.Id}"]);
            await kill.WaitForExitAsync();
        }
        using var patience = new CancellationTokenSource(HangGuard.Limit);
        await _process.WaitForExitAsync(patience.Token);
        return Result;
    }

    public async ValueTask DisposeAsync()
    {
        // Twice, where a later start failed: that failure must be what the test tells.
        if (_isDisposed)
            return;
        _isDisposed = true;
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private SluiceResult Result
    {
        get { lock (_output) return new SluiceResult(_process.ExitCode, _output.ToString(), _error.ToString()); }
    }

    private void Take(StringBuilder to, string? line)
    {
        if (line is null)
            return;
        lock (_output)
            to.Append(line).Append('\n');
        if (to == _output && ListeningLine().Match(line) is { Success: true } match)
            _address.TrySetResult(new Uri(match.Value));
    }

    [GeneratedRegex(@"(?<=listens on )http://[^\s]+", RegexOptions.None, 1000)]
    private static partial Regex ListeningLine();
}
