using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Core.Invocations;
using Sluice.Testing;

namespace Sluice.Ledger.Tests.Harness;

/// <summary>
/// A process of its own that writes a ledger as fast as it can, and says on its standard output what the ledger has
/// acknowledged: a letter and an invocation's id a line, O when Open returned and C when Close did. It never ends by itself.
/// </summary>
internal sealed class WriterProcess : IDisposable
{
    public const string Argument = "--write-ledger";
    public const int Threads = 4;

    private readonly Process _process;

    public WriterProcess(string directory, int seed) => _process = Process.Start(new ProcessStartInfo(
        Environment.ProcessPath!,
        [.. IsDotnet ? [typeof(WriterProcess).Assembly.Location] : Array.Empty<string>(), Argument, directory, seed.ToString(CultureInfo.InvariantCulture)])
    { UseShellExecute = false, RedirectStandardOutput = true })!;

    public HashSet<string> Opened { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Closed { get; } = new(StringComparer.Ordinal);

    private static bool IsDotnet => Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";

    /// <summary>One call in nine is never closed: it will have been under way.</summary>
    public static bool IsLeftOpen(string invocationId) => int.Parse(invocationId.AsSpan(invocationId.LastIndexOf('-') + 1)) % 9 == 0;

    public void ReadAcknowledgements(int count)
    {
        for (var i = 0; i < count; i++)
            Note(_process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The writer ended by itself with exit code {Exit()}."));
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed. What it had said by then is still read.</summary>
    public void Kill()
    {
        _process.Kill();
        var said = _process.StandardOutput.ReadToEnd();
        // The last line may be cut short.
        foreach (var line in said[..(said.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Note(line);
        _process.WaitForExit();
    }

    /// <summary>Holds the process still, as a machine that lost its power is, until <see cref="Thaw"/>.</summary>
    public void Freeze()
    {
        Signal("-STOP");
        SpinWait.SpinUntil(() => File.ReadAllText($"/proc/{_process.Id}/stat").Split(") ")[1][0] == 'T');
    }

    public void Thaw() => Signal("-CONT");

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    public static async Task<int> RunAsync(string directory, int seed)
    {
        await using var ledger = LiveLedger.Open(
            new LedgerOptions { DataDirectory = directory, SegmentBytes = 256 * 1024 }, TimeProvider.System, NullLogger.Instance);
        await using var output = Console.OpenStandardOutput();
        var template = new RandomInvocations(seed, DateTimeOffset.UnixEpoch).Closed();
        var threads = Enumerable.Range(0, Threads).Select(t => new Thread(() => Write(ledger, output, template, $"{seed}-{t}"))).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        return 0;
    }

    private static void Write(LiveLedger ledger, Stream output, InvocationRecord template, string prefix)
    {
        for (var i = 0; ; i++)
        {
            var record = template with { InvocationId = $"{prefix}-{i}", Outcome = Outcome.Completed, Attempts = [] };
            ledger.Open(record.AsIntent());
            Say(output, 'O', record.InvocationId);
            if (IsLeftOpen(record.InvocationId))
                continue;
            ledger.Close(record);
            Say(output, 'C', record.InvocationId);
        }
    }

    private static void Say(Stream output, char what, string invocationId)
    {
        var line = Encoding.ASCII.GetBytes($"{what}{invocationId}\n");
        lock (output)
            output.Write(line);
    }

    private void Note(string line) => (line[0] == 'O' ? Opened : Closed).Add(line[1..]);

    private int Exit()
    {
        _process.WaitForExit();
        return _process.ExitCode;
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
