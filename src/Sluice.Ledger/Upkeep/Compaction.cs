using System.IO.Compression;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Core.Invocations;
using Sluice.Ledger.Journal;
using Sluice.Ledger.Sqlite;

namespace Sluice.Ledger.Upkeep;

/// <summary>What compacting did.</summary>
public sealed record CompactionResult(int Segments, long BytesBefore, long BytesAfter);

/// <summary>Compresses the segments of the journal that are wholly in the database. Nothing is lost: a damaged database can still be made anew.</summary>
public static class Compaction
{
    /// <exception cref="LedgerUnavailableException">The ledger can't be read or written; the message names what and why.</exception>
    public static CompactionResult Run(string dataDirectory, TimeProvider time)
    {
        try
        {
            TakeOver(dataDirectory, time);
            var result = CompressSegments(dataDirectory);
            using var database = Database.Connect(Database.PathIn(dataDirectory), SqliteOpenMode.ReadWrite);
            database.Run("VACUUM");
            database.Run("PRAGMA wal_checkpoint(TRUNCATE)");
            return result;
        }
        catch (SqliteException e)
        {
            throw Database.Unreadable(Database.PathIn(dataDirectory), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LedgerUnavailableException($"The journal in '{dataDirectory}' can't be compacted: {e.Message}", e);
        }
    }

    /// <summary>With nobody writing, what a process that died left is taken over first, so that it can be compressed too.</summary>
    private static void TakeOver(string dataDirectory, TimeProvider time)
    {
        var folder = new JournalFolder(Path.Combine(dataDirectory, "journal"));
        if (!Database.Exists(dataDirectory) && folder.Segments().Count == 0)
            throw new LedgerUnavailableException($"There is no ledger in '{dataDirectory}'; name the directory that 'sluice serve' uses (--data).");
        using var exclusive = DirectoryLock.TryTake(dataDirectory);
        if (exclusive is not null)
            Recovery.OpenIndexed(dataDirectory, folder, folder.NextSegment(time.GetUtcNow()), time, NullLogger.Instance).Dispose();
    }

    private static CompactionResult CompressSegments(string dataDirectory)
    {
        var folder = new JournalFolder(Path.Combine(dataDirectory, "journal"));
        JournalPosition indexed;
        using (var connection = Database.OpenForReading(dataDirectory))
            indexed = Indexer.ReadPosition(connection);
        var result = new CompactionResult(0, 0, 0);
        foreach (var segment in folder.Segments().Where(s => string.CompareOrdinal(s, indexed.Segment) < 0 && !folder.IsCompressed(s)))
        {
            try
            {
                var before = new FileInfo(folder.FileOf(segment)).Length;
                var after = Compress(folder.FileOf(segment), folder.CompressedFileOf(segment));
                result = new CompactionResult(result.Segments + 1, result.BytesBefore + before, result.BytesAfter + after);
            }
            catch (FileNotFoundException)
            {
                // Retention has deleted it in the meantime.
            }
        }
        return result;
    }

    /// <summary>The compressed file is whole on the disk before the plain one goes; a crash between the two leaves both, and the plain one counts.</summary>
    private static long Compress(string plain, string compressed)
    {
        var temporary = compressed + ".new";
        using (var from = new FileStream(plain, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        using (var to = File.Create(temporary))
        {
            using (var packing = new GZipStream(to, CompressionLevel.Optimal, leaveOpen: true))
                from.CopyTo(packing);
            to.Flush(flushToDisk: true);
        }
        File.Move(temporary, compressed, overwrite: true);
        File.Delete(plain);
        return new FileInfo(compressed).Length;
    }
}
