using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Core.Invocations;
using Sluice.Ledger.Journal;
using Sluice.Ledger.Sqlite;
using Sluice.Ledger.Sums;
using Sluice.Ledger.Upkeep;

namespace Sluice.Ledger.Queries;

/// <summary>
/// Asks a ledger, whether or not a server is writing it, and changes nothing in its directory. What was closed before the
/// question is in the answer: a server is waited for; what a process that died left to be taken over from the journal is
/// taken over in a copy, which is deleted afterwards.
/// </summary>
public sealed class LedgerReader : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly SqliteConnection _connection;
    private readonly JournalFolder _folder;
    private readonly DirectoryInfo? _copy;

    private LedgerReader(SqliteConnection connection, JournalFolder folder, DirectoryInfo? copy = null) => (_connection, _folder, _copy) = (connection, folder, copy);

    /// <exception cref="LedgerUnavailableException">There is no ledger, or it can't be read.</exception>
    public static async Task<LedgerReader> OpenAsync(string dataDirectory, TimeProvider time, CancellationToken cancellationToken = default)
    {
        var folder = new JournalFolder(Path.Combine(dataDirectory, "journal"));
        try
        {
            if (!Exists(dataDirectory))
                throw new LedgerUnavailableException($"There is no ledger in '{dataDirectory}'; name the directory that 'sluice serve' uses (--data).");
            if (!DirectoryLock.IsHeld(dataDirectory))
                return OpenSettled(dataDirectory, folder) ?? OpenCopy(dataDirectory, folder, time);
            var end = folder.End();
            var connection = Database.OpenForReading(dataDirectory);
            try
            {
                await WaitUntilIndexedAsync(connection, end, time, cancellationToken);
                return new LedgerReader(connection, folder);
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
        catch (SqliteException e)
        {
            throw Database.Unreadable(Database.PathIn(dataDirectory), e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LedgerUnavailableException($"The ledger in '{dataDirectory}' can't be read: {e.Message}", e);
        }
    }

    /// <summary>Whether a data directory has a ledger.</summary>
    public static bool Exists(string dataDirectory) =>
        Database.Exists(dataDirectory) || new JournalFolder(Path.Combine(dataDirectory, "journal")).Segments().Count > 0;

    /// <summary>When the first call that is kept began; null without calls.</summary>
    /// <exception cref="LedgerUnavailableException">The database can't be read.</exception>
    public DateTimeOffset? FirstCall()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT MIN(started_us) FROM invocations";
        return Ask(command.ExecuteScalar) is long microseconds ? DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds) : null;
    }

    /// <summary>Holds the ledger's parts against each other.</summary>
    /// <exception cref="LedgerUnavailableException">The ledger can't be read.</exception>
    public VerificationResult Verify() => Verification.Run(_connection, _folder);

    /// <exception cref="LedgerUnavailableException">The database can't be read.</exception>
    public IReadOnlyList<SpendRow> Spend(SpendQuery query) => Ask(() => SpendAnswer.Of(_connection, query));

    /// <summary>Sums of spans of time, by up to two dimensions, in the order of the spans.</summary>
    /// <exception cref="ArgumentException">The question can't be asked; the message says why.</exception>
    /// <exception cref="LedgerUnavailableException">The database can't be read.</exception>
    public IReadOnlyList<SeriesRow> Series(SeriesQuery query) => Ask(() => SeriesQuery.Answer(_connection, query));

    /// <summary>Calls, the newest first.</summary>
    /// <exception cref="ArgumentException">The question can't be asked; the message says why.</exception>
    /// <exception cref="LedgerUnavailableException">The database can't be read.</exception>
    public IReadOnlyList<CallRow> Calls(CallsQuery query) => Ask(() => CallsAnswer.Of(_connection, query));

    /// <summary>What values a dimension has, those of the most calls first.</summary>
    /// <exception cref="ArgumentException">The question can't be asked; the message says why.</exception>
    /// <exception cref="LedgerUnavailableException">The database can't be read.</exception>
    public IReadOnlyList<DimensionValue> Values(ValuesQuery query) => Ask(() => query.Answer(_connection));

    /// <summary>Every invocation of a time range in the order in which they started, one at a time.</summary>
    /// <exception cref="LedgerUnavailableException">The database can't be read.</exception>
    public IEnumerable<InvocationRecord> Export(DateTimeOffset? from = null, DateTimeOffset? to = null)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT record FROM invocations WHERE started_us >= $from AND started_us < $to ORDER BY started_us, id";
        command.Parameters.AddWithValue("$from", from is { } f ? Quarters.MicrosecondsOf(f) : long.MinValue);
        command.Parameters.AddWithValue("$to", to is { } t ? Quarters.MicrosecondsOf(t) : long.MaxValue);
        using var reader = Ask(command.ExecuteReader);
        while (Ask(reader.Read))
            yield return InvocationJson.Read((byte[])reader[0]);
    }

    /// <summary>The ids of answers that were still being made when their calls ended, and that no later read has told the usage of.</summary>
    /// <exception cref="LedgerUnavailableException">The database can't be read.</exception>
    public IReadOnlyCollection<string> PendingAnswers(DateTimeOffset since)
    {
        using var command = _connection.CreateCommand();
        // The bytes are '"answer_id":"', as in the index that this reads.
        command.CommandText = "SELECT record FROM invocations WHERE instr(record, X'22616E737765725F6964223A22') > 0 AND started_us >= $since";
        command.Parameters.AddWithValue("$since", Quarters.MicrosecondsOf(since));
        var (pending, told) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        using var reader = Ask(command.ExecuteReader);
        while (Ask(reader.Read))
        {
            var record = InvocationJson.Read((byte[])reader[0]);
            if (record.AnswerId is { } id)
                (record.AnswerPending ? pending : told).Add(id);
        }
        pending.ExceptWith(told);
        return pending;
    }

    /// <summary>The record of one invocation, or null.</summary>
    /// <exception cref="LedgerUnavailableException">The database can't be read.</exception>
    public InvocationRecord? Find(string invocationId)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT record FROM invocations WHERE invocation_id = $id";
        command.Parameters.AddWithValue("$id", invocationId);
        return Ask(command.ExecuteScalar) is byte[] record ? InvocationJson.Read(record) : null;
    }

    public void Dispose()
    {
        _connection.Dispose();
        _copy?.Delete(recursive: true);
    }

    private T Ask<T>(Func<T> question)
    {
        try
        {
            return question();
        }
        catch (SqliteException e)
        {
            throw Database.Unreadable(_connection.DataSource, e);
        }
    }

    /// <summary>A database that a server left whole; null where something is to be taken over first.</summary>
    private static LedgerReader? OpenSettled(string dataDirectory, JournalFolder folder)
    {
        if (!Database.Exists(dataDirectory) || new FileInfo(Database.PathIn(dataDirectory) + "-wal") is { Exists: true, Length: > 0 })
            return null;
        SqliteConnection? connection = null;
        try
        {
            connection = Database.OpenForReading(dataDirectory);
            if (!Database.IsEarlier(connection) && Indexer.ReadPosition(connection).CompareTo(folder.End()) >= 0 && !Indexer.HasOpenIntents(connection))
                return new LedgerReader(connection, folder);
        }
        catch (SqliteException)
        {
            // Damaged, or without its tables; the journal has all that it had.
        }
        connection?.Dispose();
        return null;
    }

    private static LedgerReader OpenCopy(string dataDirectory, JournalFolder folder, TimeProvider time)
    {
        var copy = Directory.CreateTempSubdirectory("sluice-ledger-");
        try
        {
            foreach (var file in (string[])[Database.PathIn(dataDirectory), Database.PathIn(dataDirectory) + "-wal"])
            {
                if (File.Exists(file))
                    File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)));
            }
            // A segment name beyond all there are: whatever is open belongs to a process that has ended.
            Recovery.OpenIndexed(copy.FullName, folder, folder.NextSegment(time.GetUtcNow()), time, NullLogger.Instance).Dispose();
            return new LedgerReader(Database.OpenForReading(copy.FullName), folder, copy);
        }
        catch
        {
            copy.Delete(recursive: true);
            throw;
        }
    }

    private static async Task WaitUntilIndexedAsync(SqliteConnection connection, JournalPosition end, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (Database.IsEarlier(connection) || Indexer.ReadPosition(connection).CompareTo(end) < 0)
        {
            if (time.GetElapsedTime(started) >= Patience)
                throw new LedgerUnavailableException($"The server that writes this ledger is behind by more than {Patience.TotalSeconds:0} s, or brings it up to a new version; ask again, and see its /readyz for the reason.");
            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }
}
