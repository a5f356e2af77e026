using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Sluice.Ledger.Journal;
using Sluice.Ledger.Sqlite;

namespace Sluice.Ledger;

/// <summary>Brings the database up to the journal, whatever an earlier process left behind. Its caller holds the directory's lock.</summary>
internal static partial class Recovery
{
    /// <summary>
    /// Opens the database, makes it anew where it is damaged, indexes the journal to its end, and records as interrupted what
    /// was opened before <paramref name="ownSegment"/> and never closed.
    /// </summary>
    public static Indexer OpenIndexed(
        string dataDirectory, JournalFolder folder, string ownSegment, TimeProvider time, ILogger logger)
    {
        try
        {
            return Open(dataDirectory, folder, ownSegment, logger);
        }
        catch (SqliteException e) when (Database.IsDamage(e))
        {
            MoveAside(dataDirectory, time, logger);
            return Open(dataDirectory, folder, ownSegment, logger);
        }
    }

    /// <summary>Keeps a damaged database under another name, for whoever wants to look into it.</summary>
    public static void MoveAside(string dataDirectory, TimeProvider time, ILogger logger)
    {
        var file = Database.PathIn(dataDirectory);
        Log.Damaged(logger, file, Database.SetAside(file, time));
    }

    private static Indexer Open(string dataDirectory, JournalFolder folder, string ownSegment, ILogger logger)
    {
        var connection = Database.OpenForWriting(dataDirectory, logger);
        Indexer? indexer = null;
        try
        {
            indexer = new Indexer(folder, connection);
            while (indexer.IndexBatch())
            {
            }
            if (indexer.SettleInterrupted(ownSegment) is > 0 and var interrupted)
                Log.Interrupted(logger, interrupted);
            return indexer;
        }
        catch
        {
            indexer?.Dispose();
            connection.Dispose();
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(43, LogLevel.Error, "{File} was damaged; it is kept as {Aside} and made anew from the journal")]
        public static partial void Damaged(ILogger logger, string file, string aside);

        [LoggerMessage(44, LogLevel.Warning, "{Count} calls were under way when an earlier process died; they are recorded as interrupted")]
        public static partial void Interrupted(ILogger logger, int count);
    }
}
