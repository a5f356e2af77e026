using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Core.Invocations;
using Sluice.Ledger.Journal;
using Sluice.Ledger.Sqlite;

namespace Sluice.Ledger.Queries;

/// <summary>
/// Asks a ledger, whether or not a server is writing it. What was closed before the question is in the answer: with nobody
/// writing, opening takes the journal over first; otherwise it waits a moment for the writer to do so.
/// </summary>
public sealed class LedgerReader : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly SqliteConnection _connection;

    private LedgerReader(SqliteConnection connection) => _connection = connection;

    /// <exception cref="LedgerUnavailableException">There is no ledger, or it can't be read.</exception>
    public static async Task<LedgerReader> OpenAsync(string dataDirectory, TimeProvider time, CancellationToken cancellationToken = default)
    {
        if (!Directory.Exists(dataDirectory))
            throw new LedgerUnavailableException($"There is no ledger in '{dataDirectory}'; name the directory that 'sluice serve' uses (--data).");
        try
        {
            var folder = new JournalFolder(Path.Combine(dataDirectory, "journal"));
            var end = folder.End();
            var isCaughtUp = false;
            using (var exclusive = DirectoryLock.TryTake(dataDirectory))
            {
                if (exclusive is not null)
                {
                    CatchUp(dataDirectory, folder, time);
                    isCaughtUp = true;
                }
            }
            var connection = Database.OpenForReading(dataDirectory);
            try
            {
                if (!isCaughtUp)
                    await WaitUntilIndexedAsync(connection, end, time, cancellationToken);
                return new LedgerReader(connection);
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

    /// <exception cref="LedgerUnavailableException">The database can't be read.</exception>
    public IReadOnlyList<SpendRow> Spend(SpendQuery query) => Ask(() => SpendSql.Run(_connection, query));

    /// <summary>Every invocation of a time range in the order in which they started, one at a time.</summary>
    /// <exception cref="LedgerUnavailableException">The database can't be read.</exception>
    public IEnumerable<InvocationRecord> Export(DateTimeOffset? from = null, DateTimeOffset? to = null)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT record FROM invocations WHERE started_us >= $from AND started_us < $to ORDER BY started_us, id";
        command.Parameters.AddWithValue("$from", from is { } f ? Rollup.Microseconds(f) : long.MinValue);
        command.Parameters.AddWithValue("$to", to is { } t ? Rollup.Microseconds(t) : long.MaxValue);
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
        command.Parameters.AddWithValue("$since", Rollup.Microseconds(since));
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

    public void Dispose() => _connection.Dispose();

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

    private static void CatchUp(string dataDirectory, JournalFolder folder, TimeProvider time)
    {
        // A segment name beyond all there are: whatever is open belongs to a process that has ended.
        Recovery.OpenIndexed(dataDirectory, folder, folder.NextSegment(time.GetUtcNow()), time, NullLogger.Instance).Dispose();
    }

    private static async Task WaitUntilIndexedAsync(SqliteConnection connection, JournalPosition end, TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (Indexer.ReadPosition(connection).CompareTo(end) < 0)
        {
            if (time.GetElapsedTime(started) >= Patience)
                throw new LedgerUnavailableException($"The server that writes this ledger is behind by more than {Patience.TotalSeconds:0} s; ask again, and see its /readyz for the reason.");
            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }
}
