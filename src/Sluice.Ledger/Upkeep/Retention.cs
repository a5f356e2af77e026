using System.Globalization;
using Microsoft.Data.Sqlite;
using Sluice.Ledger.Journal;
using Sluice.Ledger.Sqlite;
using Sluice.Ledger.Sums;

namespace Sluice.Ledger.Upkeep;

/// <summary>Deletes invocations that are older than the owner keeps them. Their hourly sums stay, so spend can still be asked for.</summary>
internal static class Retention
{
    /// <summary>How long sums are kept by the quarter of an hour; before, the sums of hours are the narrowest.</summary>
    private static readonly TimeSpan QuartersKept = TimeSpan.FromDays(60);

    public static void Apply(SqliteConnection connection, JournalFolder folder, DateTimeOffset cutoff)
    {
        using (var transaction = connection.BeginTransaction())
        {
            var microseconds = Quarters.MicrosecondsOf(cutoff);
            connection.Run(string.Create(CultureInfo.InvariantCulture, $"DELETE FROM invocations WHERE started_us < {microseconds}"), transaction);
            connection.Run(string.Create(CultureInfo.InvariantCulture, $"DELETE FROM calls WHERE started_us < {microseconds}"), transaction);
            Facts.Write(connection, Facts.KeptSince, microseconds, transaction);
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

    /// <summary>Drops the sums of quarters that are too old; those of their hours were kept from the first.</summary>
    public static void FoldQuarters(SqliteConnection connection, DateTimeOffset now)
    {
        var since = Quarters.Start(Quarters.Of(now - QuartersKept), Quarters.Widths[^1]);
        if (since <= (Facts.Read(connection, Facts.QuartersSince) ?? long.MinValue))
            return;
        using var transaction = connection.BeginTransaction();
        connection.Run(string.Create(CultureInfo.InvariantCulture, $"DELETE FROM sums WHERE width = 1 AND start < {since}"), transaction);
        Facts.Write(connection, Facts.QuartersSince, since, transaction);
        transaction.Commit();
    }
}
