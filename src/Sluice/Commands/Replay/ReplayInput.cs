using System.Text;
using System.Text.Json;
using Sluice.Core.Invocations;
using Sluice.Hosting;
using Sluice.Lab.Replays.Recordings;
using Sluice.Lab.Replays.Traces;
using Sluice.Ledger.Queries;
using Sluice.Reports;

namespace Sluice.Commands.Replay;

/// <summary>What a replay can be given.</summary>
internal enum ReplayInputKind
{
    /// <summary>The directory of a ledger, or its database.</summary>
    Ledger,

    /// <summary>The JSON lines of <c>sluice ledger export</c>.</summary>
    LedgerExport,

    /// <summary>Bedrock's model-invocation logs, or Sluice's own in their form.</summary>
    InvocationLogs,

    Trace,
}

/// <summary>Tells by its content what a replay was given, and opens it.</summary>
internal static class ReplayInput
{
    /// <exception cref="CouldNotRunException">There is nothing there.</exception>
    /// <exception cref="TraceException">The file is empty or damaged.</exception>
    public static ReplayInputKind KindOf(string path)
    {
        if (IsS3(path))
            return ReplayInputKind.InvocationLogs;
        if (Directory.Exists(path))
            return File.Exists(Path.Combine(path, "ledger.db")) || Directory.Exists(Path.Combine(path, "journal")) ? ReplayInputKind.Ledger : ReplayInputKind.InvocationLogs;
        if (!File.Exists(path))
            throw new CouldNotRunException($"'{path}' is not there; name a trace, an invocation log or a folder of them, s3://bucket/prefix, or a ledger.");
        if (IsDatabase(path))
            return ReplayInputKind.Ledger;
        var (_, first) = LogLines.Read(File.OpenRead(path), path).FirstOrDefault();
        if (first.IsEmpty || first.Span[0] != (byte)'{' || first.Span.IndexOf("\"hash_ids\""u8) >= 0)
            return ReplayInputKind.Trace;
        return Has(first, "invocation_id") ? ReplayInputKind.LedgerExport
            : Has(first, "schemaType") || (Has(first, "modelId") && Has(first, "timestamp")) ? ReplayInputKind.InvocationLogs
            : ReplayInputKind.Trace;
    }

    /// <summary>Opens what is no trace.</summary>
    /// <param name="path">What was named.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="onLines">Is told now and then how many lines were looked at.</param>
    /// <param name="cancellationToken">Gives up waiting for a ledger that is being written.</param>
    public static async Task<OpenRecording> OpenAsync(string path, ReplayInputKind kind, Action<long> onLines, CancellationToken cancellationToken)
    {
        switch (kind)
        {
            case ReplayInputKind.Ledger:
                var ledger = await DataDirectory.LedgerAsync(Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!, cancellationToken);
                return new OpenRecording(LedgerRecording.Of(() => ledger.Export(), ledger.Export().LongCount(LedgerRecording.IsCall)), ledger);
            case ReplayInputKind.LedgerExport:
                return new OpenRecording(LedgerRecording.Of(() => Exported(path), Exported(path).LongCount(LedgerRecording.IsCall)), null);
            default:
                ILogFiles files = IsS3(path) ? S3LogFiles.Of(path) : new LocalLogFiles(path);
                try
                {
                    return new OpenRecording(LogRecording.Open(files, path, onLines), files);
                }
                catch
                {
                    files.Dispose();
                    throw;
                }
        }
    }

    private static IEnumerable<InvocationRecord> Exported(string path)
    {
        foreach (var (number, line) in LogLines.Read(File.OpenRead(path), path))
        {
            InvocationRecord record;
            try
            {
                record = InvocationJson.Read(line.Span);
            }
            catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
            {
                throw new TraceException(path, number, "not a record of 'sluice ledger export'; the file may be cut off", e);
            }
            yield return record;
        }
    }

    private static bool IsS3(string path) => path.StartsWith("s3://", StringComparison.OrdinalIgnoreCase);

    private static bool IsDatabase(string path)
    {
        Span<byte> start = stackalloc byte[15];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual("SQLite format 3"u8);
    }

    /// <summary>Whether the line is an object that has a member of its own of that name.</summary>
    private static bool Has(ReadOnlyMemory<byte> line, string name)
    {
        try
        {
            using var json = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 512 });
            return json.RootElement.TryGetProperty(name, out _);
        }
        catch (JsonException)
        {
            return line.Span.IndexOf(Encoding.UTF8.GetBytes($"\"{name}\"")) >= 0;
        }
    }
}

/// <summary>A recording with what it is read from.</summary>
internal sealed class OpenRecording(Recording recording, IDisposable? source) : IDisposable
{
    public Recording Recording => recording;

    public void Dispose() => source?.Dispose();
}
