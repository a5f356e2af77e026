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
        var indexed = Indexer.ReadPosition(connection);
        foreach (var segment in folder.Segments().Where(s => string.CompareOrdinal(s, indexed.Segment) < 0))
        {
            var file = folder.IsCompressed(segment) ? folder.CompressedFileOf(segment) : folder.FileOf(segment);
            if (File.GetLastWriteTimeUtc(file) < cutoff.UtcDateTime)
                File.Delete(file);
        }
    }
}
