using System.Globalization;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Sluice.Core;
using Sluice.Core.Budgets;
using Sluice.Ledger.Sqlite;

namespace Sluice.Ledger.Budgets;

/// <summary>
/// <c>budgets.db</c> in the data directory: what is spent of each budget and held for calls under way. One task writes, and
/// what comes while it does goes into its next transaction, so many calls at once cost little more than one. What a killed
/// process left held is settled from the ledger at the next start, attempt by attempt.
/// </summary>
public sealed partial class BudgetFile : IBudgetJournal, IAsyncDisposable
{
    public const string FileName = "budgets.db";

    private const int MaxBatch = 1_000;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly SqliteConnection _connection;
    private readonly ILogger _logger;
    private readonly Channel<Entry> _entries = Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _writing;
    private readonly Statements _statements;
    private bool _isFailing;

    private BudgetFile(SqliteConnection connection, ILogger logger)
    {
        (_connection, _logger) = (connection, logger);
        _statements = new Statements(connection);
        ReplicaId = BudgetDatabase.ReplicaId(connection);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Names this data directory among the replicas of a shared state, for ever.</summary>
    public string ReplicaId { get; }

    /// <summary>Opens the file of the one process that writes the directory's ledger.</summary>
    /// <exception cref="BudgetStateException">It can't be opened.</exception>
    public static BudgetFile Open(string dataDirectory, ILogger logger)
    {
        try
        {
            Directory.CreateDirectory(dataDirectory);
            return new BudgetFile(BudgetDatabase.Open(dataDirectory), logger);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new BudgetStateException($"'{Path.Combine(dataDirectory, FileName)}' can't be opened: {e.Message} Make it writable.", e);
        }
    }

    /// <summary>The attempts that an earlier process held money for and did not settle. Asked before the first call.</summary>
    public IReadOnlyList<string> OpenAttempts => BudgetDatabase.Read(_connection, "SELECT DISTINCT attempt_id FROM holds", reader => reader.GetString(0));

    /// <summary>All that is spent; a year of slots that no longer count is read along, and costs little. Asked before the first call.</summary>
    public IReadOnlyList<SpentRow> Spent => BudgetDatabase.Spent(_connection);

    public Task HoldAsync(IReadOnlyList<HoldRow> holds)
    {
        var entry = new Entry(holds, null, null, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        return _entries.Writer.TryWrite(entry) ? entry.Written!.Task : throw new BudgetStateException("The budgets are being closed, because the gateway stops.");
    }

    public void Settle(SettledAttempt attempt) => _entries.Writer.TryWrite(new Entry(null, attempt, null, null));

    public void Adjust(SpentRow difference)
    {
        if (difference.Spent != Money.Zero || difference.Unknown != Money.Zero)
            _entries.Writer.TryWrite(new Entry(null, null, difference, null));
    }

    /// <summary>Returns when everything before the call is written.</summary>
    public Task FlushAsync() => HoldAsync([]);

    public async ValueTask DisposeAsync()
    {
        _entries.Writer.TryComplete();
        await _writing;
        _statements.Dispose();
        _connection.Dispose();
    }

    private async Task WriteAsync()
    {
        var batch = new List<Entry>();
        while (batch.Count > 0 || await _entries.Reader.WaitToReadAsync())
        {
            while (batch.Count < MaxBatch && _entries.Reader.TryRead(out var entry))
                batch.Add(entry);
            try
            {
                Write(batch);
                batch.ForEach(e => e.Written?.TrySetResult());
                batch.Clear();
                _isFailing = false;
            }
            catch (Exception e) when (e is SqliteException or OverflowException or InvalidOperationException)
            {
                if (!_isFailing)
                    Log.NotWritten(_logger, e.Message);
                _isFailing = true;
                // A hold that is not written must not count; what was spent is written as soon as the disk lets it.
                batch.ForEach(b => b.Written?.TrySetException(new BudgetStateException($"'{_connection.DataSource}' can't be written: {e.Message}", e)));
                batch.RemoveAll(b => b.Written is not null);
                if (_entries.Reader.Completion.IsCompleted)
                    return;
                await Task.WhenAny(Task.Delay(RetryInterval, TimeProvider.System), _entries.Reader.WaitToReadAsync().AsTask());
            }
        }
    }

    private void Write(List<Entry> batch)
    {
        _connection.Run("BEGIN IMMEDIATE");
        try
        {
            foreach (var entry in batch)
                _statements.Run(entry);
            _connection.Run("COMMIT");
        }
        catch
        {
            try
            {
                _connection.Run("ROLLBACK");
            }
            catch (SqliteException)
            {
                // It has rolled back by itself.
            }
            throw;
        }
    }

    private sealed record Entry(IReadOnlyList<HoldRow>? Holds, SettledAttempt? Settled, SpentRow? Difference, TaskCompletionSource? Written);

    private sealed class Statements(SqliteConnection connection) : IDisposable
    {
        private readonly Statement _hold = new(connection, "INSERT OR REPLACE INTO holds VALUES (?1, ?2, ?3, ?4, ?5)");
        private readonly Statement _book = new(connection, """
            INSERT INTO spent SELECT account, bucket, slot_us, ?2, CASE ?3 WHEN 1 THEN amount_pico ELSE 0 END FROM holds WHERE attempt_id = ?1
            ON CONFLICT DO UPDATE SET spent_pico = spent_pico + excluded.spent_pico, unknown_pico = unknown_pico + excluded.unknown_pico
            """);
        private readonly Statement _release = new(connection, "DELETE FROM holds WHERE attempt_id = ?1");
        private readonly Statement _adjust = new(connection, """
            INSERT INTO spent VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET spent_pico = spent_pico + excluded.spent_pico, unknown_pico = unknown_pico + excluded.unknown_pico
            """);

        public void Run(Entry entry)
        {
            foreach (var hold in entry.Holds ?? [])
                _hold.Bind(1, hold.AttemptId).Bind(2, hold.Account.Account).Bind(3, hold.Account.Bucket).Bind(4, BudgetDatabase.Microseconds(hold.Slot)).Bind(5, hold.Amount.PicoUsd).Run();
            if (entry.Settled is { } settled)
            {
                _book.Bind(1, settled.AttemptId).Bind(2, settled.Cost?.PicoUsd ?? 0).Bind(3, settled.Cost is null ? 1 : 0).Run();
                _release.Bind(1, settled.AttemptId).Run();
            }
            if (entry.Difference is { } row)
                _adjust.Bind(1, row.Account.Account).Bind(2, row.Account.Bucket).Bind(3, BudgetDatabase.Microseconds(row.Slot)).Bind(4, row.Spent.PicoUsd).Bind(5, row.Unknown.PicoUsd).Run();
        }

        public void Dispose()
        {
            _hold.Dispose();
            _book.Dispose();
            _release.Dispose();
            _adjust.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(47, LogLevel.Error, "The budgets can't be written: {Cause}")]
        public static partial void NotWritten(ILogger logger, string cause);
    }
}
