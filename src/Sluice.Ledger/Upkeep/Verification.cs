using System.Text.Json;
using Microsoft.Data.Sqlite;
using Sluice.Core.Invocations;
using Sluice.Ledger.Journal;
using Sluice.Ledger.Sqlite;
using Sluice.Ledger.Sums;

namespace Sluice.Ledger.Upkeep;

/// <summary>What verifying found. The ledger is sound where <see cref="Differences"/> is empty.</summary>
public sealed record VerificationResult(long Lines, long Invocations, IReadOnlyList<string> Differences);

/// <summary>
/// Holds the parts of a ledger against each other: every line of the journal against its checksum, every final record
/// against the database, and the sums against the invocations they are sums of. A reader that runs it has
/// taken the journal over first.
/// </summary>
public static class Verification
{
    private const int MaxListed = 100;

    /// <exception cref="LedgerUnavailableException">The ledger can't be read.</exception>
    public static VerificationResult Run(string dataDirectory)
    {
        try
        {
            using var connection = Database.OpenForReading(dataDirectory);
            return Run(connection, new JournalFolder(Path.Combine(dataDirectory, "journal")));
        }
        catch (SqliteException e)
        {
            throw Database.Unreadable(Database.PathIn(dataDirectory), e);
        }
    }

    internal static VerificationResult Run(SqliteConnection connection, JournalFolder folder)
    {
        var differences = new List<string>();
        try
        {
            // One view of the database throughout, though a server may be writing it.
            using var snapshot = connection.BeginTransaction(deferred: true);
            if (Missing(folder, Indexer.ReadPosition(connection)) is { } missing)
                Report(differences, missing);
            var lines = CheckJournal(folder, connection, differences);
            var invocations = CheckSums(connection, differences);
            return new VerificationResult(lines, invocations, differences);
        }
        catch (SqliteException e)
        {
            throw Database.Unreadable(connection.DataSource, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LedgerUnavailableException($"The journal in '{folder.Path}' can't be read: {e.Message}", e);
        }
    }

    /// <summary>The database was read from a journal to some place, and neither compaction nor retention takes that segment away.</summary>
    private static string? Missing(JournalFolder folder, JournalPosition indexed)
    {
        if (indexed.Segment.Length == 0)
            return null;
        var isHere = folder.Segments().Contains(indexed.Segment, StringComparer.Ordinal);
        if (isHere && (folder.IsCompressed(indexed.Segment) || new FileInfo(folder.FileOf(indexed.Segment)).Length >= indexed.Offset))
            return null;
        return $"the journal {(isHere ? "ends before" : "does not have")} byte {indexed.Offset} of {indexed.Segment}.jsonl, which the database was read from: this is a copy of parts. "
            + $"What the journal and ledger.db-wal held beyond the database is missing, and the rest can't be checked; 'sluice backup' copies all of a data directory";
    }

    private static long CheckJournal(JournalFolder folder, SqliteConnection connection, List<string> differences)
    {
        var indexed = Indexer.ReadPosition(connection);
        var keptSince = KeptSince(connection);
        using var find = connection.CreateCommand();
        find.CommandText = "SELECT record FROM invocations WHERE invocation_id = $id";
        var id = find.Parameters.Add("$id", SqliteType.Text);
        var lines = 0L;
        var (segment, lineNumber) = ("", 0L);
        using var reader = new JournalReader(folder);
        var position = JournalPosition.Beginning;
        while (position.CompareTo(indexed) < 0)
        {
            var next = reader.Read(position, 4 * 1024 * 1024, entry =>
            {
                // A server may have written more since.
                if (new JournalPosition(entry.Segment, entry.Offset).CompareTo(indexed) >= 0)
                    return;
                lines++;
                (segment, lineNumber) = (entry.Segment, entry.Segment == segment ? lineNumber + 1 : 1);
                if (Difference(entry, find, id, keptSince) is { } difference)
                    Report(differences, $"{entry.Segment}.jsonl, line {lineNumber}: {difference}");
            });
            if (next == position)
                break;
            position = next;
        }
        return lines;
    }

    private static string? Difference(JournalEntry entry, SqliteCommand find, SqliteParameter id, long keptSince)
    {
        if (entry.Kind == JournalLineKind.Corrupt)
            return "the checksum does not fit";
        if (entry.Kind == JournalLineKind.Blank)
            return null;
        InvocationRecord record;
        try
        {
            record = InvocationJson.Read(entry.Json);
        }
        catch (JsonException e)
        {
            return $"it is no record, though its checksum fits: {e.Message}";
        }
        if (entry.Kind == JournalLineKind.Open || Quarters.MicrosecondsOf(record.StartedAt) < keptSince)
            return null;
        id.Value = record.InvocationId;
        if (find.ExecuteScalar() is not byte[] stored)
            return $"invocation {record.InvocationId} is in the journal but not in the database";
        return entry.Json.SequenceEqual(stored) ? null : $"invocation {record.InvocationId} differs between journal and database";
    }

    private static long CheckSums(SqliteConnection connection, List<string> differences)
    {
        var keptSince = KeptSince(connection);
        using var sums = new SumCheck(connection, keptSince);
        var requestIds = new HashSet<string>(StringComparer.Ordinal);
        var count = 0L;
        using (var select = connection.CreateCommand())
        {
            select.CommandText = "SELECT r.record, c.id FROM invocations r LEFT JOIN calls c ON c.id = r.id ORDER BY r.started_us, r.id";
            using var reader = select.ExecuteReader();
            while (reader.Read())
            {
                count++;
                var record = InvocationJson.Read((byte[])reader[0]);
                if (reader.IsDBNull(1))
                    Report(differences, $"invocation {record.InvocationId} has no row of its own among the calls");
                sums.Add(record);
                foreach (var attempt in record.Attempts)
                {
                    if (attempt.RequestId is { } requestId && !requestIds.Add(requestId))
                        Report(differences, $"invocation {record.InvocationId}: the upstream's request id {requestId} is in the ledger twice");
                }
            }
        }
        foreach (var difference in sums.Finish())
            Report(differences, difference);
        return count;
    }

    private static long KeptSince(SqliteConnection connection) => Facts.Read(connection, Facts.KeptSince) ?? long.MinValue;

    private static void Report(List<string> differences, string difference)
    {
        if (differences.Count < MaxListed)
            differences.Add(difference);
    }
}
