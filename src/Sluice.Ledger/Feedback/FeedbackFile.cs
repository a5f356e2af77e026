using System.Text.Json;

namespace Sluice.Ledger.Feedback;

/// <summary>
/// Callers' feedback in <c>feedback.jsonl</c> of a data directory, readable by its owner alone. Lines are only ever appended,
/// each in one write, so a killed process leaves at most a last line without its end, which counts as not written. Of
/// several lines of one key about one invocation the last one holds.
/// </summary>
public sealed class FeedbackFile(string dataDirectory) : IDisposable
{
    private const string FileName = "feedback.jsonl";

    private readonly Lock _gate = new();
    private FileStream? _file;
    private bool _isTorn;

    /// <summary>Appends; when it returns, the entry outlives this process.</summary>
    /// <exception cref="IOException">It can't be written; nothing is stored.</exception>
    public void Add(FeedbackEntry entry)
    {
        var line = JsonSerializer.SerializeToUtf8Bytes(entry, FeedbackJson.Default.FeedbackEntry);
        lock (_gate)
        {
            _file ??= Open();
            // What is left of a write that failed half-way must not run into this one.
            byte[] whole = _isTorn ? [(byte)'\n', .. line, (byte)'\n'] : [.. line, (byte)'\n'];
            _isTorn = true;
            _file.Write(whole);
            _isTorn = false;
        }
    }

    /// <summary>What holds, in the order in which it was said; lines that are damaged are counted and left out.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static (IReadOnlyList<FeedbackEntry> Entries, long Damaged) Read(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, FileName);
        if (!File.Exists(path))
            return ([], 0);
        var last = new Dictionary<(string InvocationId, string? KeyId), FeedbackEntry>();
        var damaged = 0L;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0)
                continue;
            if (Parse(line) is { } entry)
                last[(entry.InvocationId, entry.KeyId)] = entry;
            else
                damaged++;
        }
        return ([.. last.Values.OrderBy(e => e.At)], damaged);
    }

    public void Dispose()
    {
        lock (_gate)
            _file?.Dispose();
    }

    private FileStream Open()
    {
        Directory.CreateDirectory(dataDirectory);
        // Without a buffer of its own, so that a write is with the operating system when it returns.
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(Path.Combine(dataDirectory, FileName), options);
        if (file.Length > 0)
        {
            file.Position = file.Length - 1;
            _isTorn = file.ReadByte() != '\n';
        }
        return file;
    }

    private static FeedbackEntry? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, FeedbackJson.Default.FeedbackEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
