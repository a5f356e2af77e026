using System.IO.Compression;
using Microsoft.Data.Sqlite;
using Sluice.Ledger.Journal;
using Sluice.Ledger.Sqlite;

namespace Sluice.Ledger.Upkeep;

/// <summary>What compacting did.</summary>
public sealed record CompactionResult(int Segments, long BytesBefore, long BytesAfter);

/// <summary>Compresses the segments of the journal that are wholly in the database. Nothing is lost: a damaged database can still be made anew.</summary>
public static class Compaction
{
    public static CompactionResult Run(string dataDirectory)
    {
        var folder = new JournalFolder(Path.Combine(dataDirectory, "journal"));
        JournalPosition indexed;
        using (var connection = Database.OpenForReading(dataDirectory))
            indexed = Indexer.ReadPosition(connection);
        var result = new CompactionResult(0, 0, 0);
        foreach (var segment in folder.Segments().Where(s => string.CompareOrdinal(s, indexed.Segment) < 0 && !folder.IsCompressed(s)))
        {
            var plain = folder.FileOf(segment);
            var before = new FileInfo(plain).Length;
            var temporary = folder.CompressedFileOf(segment) + ".new";
            using (var from = File.OpenRead(plain))
            using (var to = new GZipStream(File.Create(temporary), CompressionLevel.Optimal))
                from.CopyTo(to);
            // Retention goes by the time of the last line, which compressing must not change.
            File.SetLastWriteTimeUtc(temporary, File.GetLastWriteTimeUtc(plain));
            File.Move(temporary, folder.CompressedFileOf(segment));
            File.Delete(plain);
            result = new CompactionResult(result.Segments + 1, result.BytesBefore + before, result.BytesAfter + new FileInfo(folder.CompressedFileOf(segment)).Length);
        }
        using var vacuum = Database.OpenForReading(dataDirectory);
        vacuum.Run("VACUUM");
        return result;
    }
}
