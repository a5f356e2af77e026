using System.Globalization;
using Microsoft.Data.Sqlite;
using Sluice.Ledger.Journal;
using Sluice.Ledger.Sqlite;

namespace Sluice.Ledger.Upkeep;

/// <summary>Deletes invocations that are older than the owner keeps them. Their hourly sums stay, so spend can still be asked for.</summary>
internal static class Retention
{
    public const string KeptSince = "kept_since_us";

    public static void Apply(SqliteConnection connection, JournalFolder folder, DateTimeOffset cutoff)
    {
        using (var transaction = connection.BeginTransaction())
        {
            using var delete = connection.CreateCommand();
            delete.Transaction = transaction;
            delete.CommandText = "DELETE FROM invocations WHERE started_us < $cutoff; INSERT OR REPLACE INTO facts VALUES ($name, $text)";
            delete.Parameters.AddWithValue("$cutoff", Rollup.Microseconds(cutoff));
            delete.Parameters.AddWithValue("$name", KeptSince);
            delete.Parameters.AddWithValue("$text", Rollup.Microseconds(cutoff).ToString(CultureInfo.InvariantCulture));
            delete.ExecuteNonQuery();
            transaction.Commit();
        }
        // A segment's lines were written before the next was begun, so where that is past, all of its invocations are.
        var stamp = JournalFolder.StampOf(cutoff);
        var indexed = Indexer.ReadPosition(connection);
        foreach (var (segment, next) in folder.Segments().Zip(folder.Segments().Skip(1)))
        {
            if (string.CompareOrdinal(segment, indexed.Segment) >= 0 || string.CompareOrdinal(next, stamp) >= 0)
                break;
            File.Delete(folder.FileOf(segment));
            File.Delete(folder.CompressedFileOf(segment));
        }
    }
}
