using Microsoft.Data.Sqlite;
using Sluice.Core.Invocations;
using Sluice.Ledger.Journal;
using Sluice.Ledger.Sqlite;

namespace Sluice.Ledger.Upkeep;

/// <summary>What was copied.</summary>
/// <param name="HasKeys">Whether the copy can make the secrets of keys.</param>
public sealed record BackupResult(int Files, long Bytes, bool HasKeys);

/// <summary>
/// Copies a data directory beside the server that writes it. The ledger's database is copied before the journal, so that the
/// journal has all that the database has and more; the next start takes the rest over. Budgets come after both, so that they
/// never know of less spend than the ledger.
/// </summary>
public static class DataBackup
{
    /// <summary>The parts of a data directory in the order in which they are copied.</summary>
    private enum Part
    {
        Ledger,
        Journal,
        Others,
    }

    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = OwnerFile | UnixFileMode.UserExecute;

    /// <param name="dataDirectory">Whose files are copied.</param>
    /// <param name="target">A directory that isn't there yet, or is empty.</param>
    /// <param name="copying">Called with the path of each file before it is copied.</param>
    /// <exception cref="LedgerUnavailableException">Something can't be read or written; the message names it.</exception>
    public static BackupResult Run(string dataDirectory, string target, Action<string>? copying = null)
    {
        try
        {
            if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
                throw new LedgerUnavailableException($"'{target}' is not empty; a backup goes into a new directory, so that it never mixes with another.");
            MakeDirectory(target);
            var result = new BackupResult(0, 0, false);
            foreach (var part in Enum.GetValues<Part>())
            {
                // Listed only now: the journal may have begun a segment, and the database may know of it, since the part before was copied.
                foreach (var file in FilesOf(dataDirectory, part))
                {
                    var copy = Path.Combine(target, Path.GetRelativePath(dataDirectory, file));
                    MakeDirectory(Path.GetDirectoryName(copy)!);
                    copying?.Invoke(file);
                    if (!TryCopy(file, copy))
                        continue;
                    result = new BackupResult(result.Files + 1, result.Bytes + new FileInfo(copy).Length, result.HasKeys || Path.GetFileName(file) == "master.key");
                }
            }
            return result;
        }
        catch (SqliteException e)
        {
            throw new LedgerUnavailableException($"The backup of '{dataDirectory}' to '{target}' is not whole: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LedgerUnavailableException($"The backup of '{dataDirectory}' to '{target}' is not whole: {e.Message}", e);
        }
    }

    private static List<string> FilesOf(string dataDirectory, Part part)
    {
        var journal = Path.Combine(dataDirectory, "journal");
        return new DirectoryInfo(dataDirectory).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Select(f => f.FullName)
            .Where(f => !IsOfOneProcess(Path.GetFileName(f)))
            .Select(f => Path.Combine(dataDirectory, Path.GetRelativePath(Path.GetFullPath(dataDirectory), f)))
            .Where(f => part == (f == Database.PathIn(dataDirectory) ? Part.Ledger : Path.GetDirectoryName(f) == journal ? Part.Journal : Part.Others))
            .Order(StringComparer.Ordinal)
            .ToList();
    }

    /// <summary>Locks, SQLite's companions and files that are being written say nothing to another process.</summary>
    private static bool IsOfOneProcess(string name) =>
        name.EndsWith("-wal", StringComparison.Ordinal) || name.EndsWith("-shm", StringComparison.Ordinal)
        || name.EndsWith(".lock", StringComparison.Ordinal) || name.EndsWith(".new", StringComparison.Ordinal) || name.EndsWith(".tmp", StringComparison.Ordinal);

    private static bool TryCopy(string file, string copy)
    {
        try
        {
            if (file.EndsWith(".db", StringComparison.Ordinal))
                CopyDatabase(file, copy);
            else
                CopyBytes(file, copy, toLastLine: file.EndsWith(".jsonl", StringComparison.Ordinal));
            return true;
        }
        catch (FileNotFoundException)
        {
            // Retention has deleted it, or compaction has put its compressed form in its place.
            var compressed = file + ".gz";
            if (!File.Exists(compressed))
                return false;
            CopyBytes(compressed, copy + ".gz", toLastLine: false);
            return true;
        }
    }

    private static void CopyDatabase(string file, string copy)
    {
        Make(copy).Dispose();
        using var from = Database.Connect(file, SqliteOpenMode.ReadWrite);
        using var to = Database.Connect(copy, SqliteOpenMode.ReadWrite);
        from.BackupDatabase(to);
    }

    /// <param name="toLastLine">Only whole lines: more may be being written.</param>
    private static void CopyBytes(string file, string copy, bool toLastLine)
    {
        using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var to = Make(copy);
        var left = from.Length;
        var wholeLines = 0L;
        var buffer = new byte[128 * 1024];
        while (left > 0 && from.Read(buffer, 0, (int)Math.Min(left, buffer.Length)) is > 0 and var read)
        {
            if (Array.LastIndexOf(buffer, (byte)'\n', read - 1, read) is >= 0 and var lineFeed)
                wholeLines = to.Length + lineFeed + 1;
            to.Write(buffer, 0, read);
            left -= read;
        }
        if (toLastLine)
            to.SetLength(wholeLines);
        to.Flush(flushToDisk: true);
    }

    private static FileStream Make(string file) =>
        OperatingSystem.IsWindows() ? File.Create(file) : new FileStream(file, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerFile });

    private static void MakeDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(directory);
        else
            Directory.CreateDirectory(directory, OwnerDirectory);
    }
}
