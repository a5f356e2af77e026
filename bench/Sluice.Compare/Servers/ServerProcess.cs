using System.Diagnostics;
using System.Globalization;

namespace Sluice.Compare.Servers;

/// <summary>A server that was started for the measurement, with what Linux accounts to it and to its children.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // sysconf(_SC_CLK_TCK) is 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    private readonly Process _process;
    private readonly string _log;

    private ServerProcess(Process process, int port, string log)
    {
        _process = process;
        _log = log;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Starts the program and waits until something answers on its port.</summary>
    /// <exception cref="InvalidOperationException">It ended, or took longer than 30 seconds; the message has its output.</exception>
    public static async Task<ServerProcess> StartAsync(int port, string log, string program, params string[] arguments)
    {
        // Through a shell, so that the output goes to a file without a pipe that this process would have to read.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, RedirectStandardInput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("log=$1; shift; exec \"$@\" >\"$log\" 2>&1");
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(log);
        start.ArgumentList.Add(program);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var server = new ServerProcess(Process.Start(start)!, port, log);
        server._process.StandardInput.Close();
        await server.WaitUntilReadyAsync();
        return server;
    }

    /// <summary>Processor time in user and kernel mode that the process and its children have had.</summary>
    public TimeSpan Cpu => TimeSpan.FromSeconds(Tree().Sum(CpuTicks) / TicksPerSecond);

    /// <summary>Resident memory of the process and its children.</summary>
    public double RssMb => Tree().Sum(RssKb) / 1024.0;

    /// <summary>Asks the server to end, and waits until it has.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync()
    {
        using var client = new HttpClient();
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var _ = await client.GetAsync(new Uri($"http://127.0.0.1:{Port}/healthz"));
                return;
            }
            catch (HttpRequestException) when (!_process.HasExited && Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30))
            {
                await Task.Delay(100);
            }
            catch (HttpRequestException e)
            {
                throw new InvalidOperationException($"The server on port {Port} did not come up. It said:\n{await File.ReadAllTextAsync(_log)}", e);
            }
        }
    }

    private List<int> Tree()
    {
        var tree = new List<int> { _process.Id };
        for (var i = 0; i < tree.Count; i++)
        {
            foreach (var thread in Directory.EnumerateDirectories($"/proc/{tree[i]}/task"))
                tree.AddRange(File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse));
        }
        return tree;
    }

    private static long CpuTicks(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        // The name in parentheses may hold spaces; utime and stime are the 14th and 15th field of the whole line.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11]) + long.Parse(fields[12]);
    }

    private static long RssKb(int process) =>
        File.ReadLines($"/proc/{process}/status").Where(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Sum(l => long.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));
}
