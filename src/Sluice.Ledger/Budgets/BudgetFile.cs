using System.Globalization;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Sluice.Core;
using Sluice.Core.Budgets;
using Sluice.Ledger.Sqlite;

namespace Sluice.Ledger.Budgets;

/// <summary>
/// <c>budgets.db</c> in the data directory: what is spent of each budget and held for calls under way. A hold is written before
/// its call may leave, as one row and with all that come in the meantime. What is settled is summed up and written a little later:
/// of a process that is killed before, the next start settles what it left held from the ledger, attempt by attempt.
/// </summary>
public sealed partial class BudgetFile : IBudgetJournal, IAsyncDisposable
{
    public const string FileName = "budgets.db";

    private const int MaxBatch = 1_000;

    /// <summary>Settlements that are summed up at most before they are written; holds that come wait for that.</summary>
    private const int MaxSettled = 256;

    private const int MaxPlaces = 1_000;

    private static readonly TimeSpan SettleInterval = TimeSpan.FromMilliseconds(200);

    private readonly SqliteConnection _connection;
    private readonly ILogger _logger;
    private readonly Channel<Entry> _entries = Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ITimer _due;
    private readonly Task _writing;
    private readonly Statements _statements;

    // All below belongs to the task that writes.
    private readonly Dictionary<(AccountKey Account, DateTimeOffset Slot), long> _places;
    private readonly Dictionary<string, IReadOnlyList<HoldRow>> _open;
    private readonly Dictionary<(AccountKey Account, DateTimeOffset Slot), (Money Spent, Money Unknown)> _unwritten = [];
    private readonly List<string> _settled = [];
    private bool _isFailing;

    private BudgetFile(SqliteConnection connection, ILogger logger)
    {
        (_connection, _logger) = (connection, logger);
        _statements = new Statements(connection);
        ReplicaId = BudgetDatabase.ReplicaId(connection);
        var places = BudgetDatabase.Places(connection);
        _places = places.ToDictionary(p => p.Value, p => p.Key);
        _open = BudgetDatabase.Holds(connection, places).GroupBy(h => h.AttemptId, StringComparer.Ordinal).ToDictionary(g => g.Key, IReadOnlyList<HoldRow> (g) => [.. g], StringComparer.Ordinal);
        OpenAttempts = [.. _open.Keys];
        ForgetPlaces(atLeast: 0);
        _writing = Task.Run(WriteAsync);
        _due = TimeProvider.System.CreateTimer(_ => _entries.Writer.TryWrite(Entry.Due), null, SettleInterval, SettleInterval);
    }

    /// <summary>Names this data directory among the replicas of a shared state, for ever.</summary>
    public string ReplicaId { get; }

    /// <summary>The attempts that an earlier process held money for and did not settle.</summary>
    public IReadOnlyList<string> OpenAttempts { get; }

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
        await _due.DisposeAsync();
        _entries.Writer.TryComplete();
        await _writing;
        _statements.Dispose();
        _connection.Dispose();
    }

    private async Task WriteAsync()
    {
        var holds = new List<Entry>();
        while (await _entries.Reader.WaitToReadAsync())
        {
            var isDue = false;
            while (holds.Count < MaxBatch && _entries.Reader.TryRead(out var entry))
            {
                isDue |= entry == Entry.Due || entry.Holds is { Count: 0 };
                if (entry.Written is not null)
                    holds.Add(entry);
                else
                    Sum(entry);
            }
            Write(holds, withSettled: isDue || _settled.Count >= MaxSettled);
            holds.Clear();
        }
        Write([], withSettled: true);
    }

    /// <summary>A settlement or a difference waits to be written with others.</summary>
    private void Sum(Entry entry)
    {
        if (entry.Difference is { } row)
            Add(row.Account, row.Slot, row.Spent, row.Unknown);
        if (entry.Settled is not { } settled || !_open.Remove(settled.AttemptId, out var held))
            return;
        _settled.Add(settled.AttemptId);
        foreach (var hold in held)
            Add(hold.Account, hold.Slot, settled.Cost ?? Money.Zero, settled.Cost is null ? hold.Amount : Money.Zero);

        void Add(AccountKey account, DateTimeOffset slot, Money spent, Money unknown)
        {
            var before = _unwritten.GetValueOrDefault((account, slot));
            _unwritten[(account, slot)] = (before.Spent + spent, before.Unknown + unknown);
        }
    }

    private void Write(List<Entry> holds, bool withSettled)
    {
        withSettled &= _settled.Count > 0 || _unwritten.Count > 0;
        if (holds.Count == 0 && !withSettled)
            return;
        var placed = new List<(AccountKey, DateTimeOffset)>();
        try
        {
            _connection.Run("BEGIN IMMEDIATE");
            foreach (var entry in holds)
            {
                if (entry.Holds!.Count > 0)
                    _statements.Hold(entry.Holds[0].AttemptId, entry.Holds[0].Amount, string.Join(' ', entry.Holds.Select(h => PlaceOf((h.Account, h.Slot), placed))));
            }
            if (withSettled)
            {
                foreach (var attemptId in _settled)
                    _statements.Release(attemptId);
                foreach (var ((account, slot), (spent, unknown)) in _unwritten)
                    _statements.Book(account, slot, spent, unknown);
                if (holds.Count == 0)
                    ForgetPlaces(atLeast: MaxPlaces);
            }
            _connection.Run("COMMIT");
        }
        catch (Exception e) when (e is SqliteException or OverflowException or InvalidOperationException)
        {
            RollBack();
            placed.ForEach(p => _places.Remove(p));
            if (!_isFailing)
                Log.NotWritten(_logger, e.Message);
            _isFailing = true;
            // A hold that is not written must not count; what was spent is written as soon as the disk lets it.
            holds.ForEach(b => b.Written!.TrySetException(new BudgetStateException($"'{_connection.DataSource}' can't be written: {e.Message}", e)));
            return;
        }
        _isFailing = false;
        foreach (var entry in holds)
        {
            if (entry.Holds!.Count > 0)
                _open[entry.Holds[0].AttemptId] = entry.Holds;
            entry.Written!.TrySetResult();
        }
        if (withSettled)
        {
            _settled.Clear();
            _unwritten.Clear();
        }
    }

    private long PlaceOf((AccountKey Account, DateTimeOffset Slot) place, List<(AccountKey, DateTimeOffset)> placed)
    {
        if (_places.TryGetValue(place, out var known))
            return known;
        placed.Add(place);
        return _places[place] = _statements.Place(place.Account, place.Slot);
    }

    /// <summary>Of places that no open attempt names, nothing is known that would be asked again.</summary>
    private void ForgetPlaces(int atLeast)
    {
        if (_open.Count > 0 || _places.Count < atLeast)
            return;
        _connection.Run("DELETE FROM places");
        _places.Clear();
    }

    private void RollBack()
    {
        try
        {
            _connection.Run("ROLLBACK");
        }
        catch (SqliteException)
        {
            // It has rolled back by itself, or could not even begin.
        }
    }

    private sealed record Entry(IReadOnlyList<HoldRow>? Holds, SettledAttempt? Settled, SpentRow? Difference, TaskCompletionSource? Written)
    {
        /// <summary>What is settled has waited long enough.</summary>
        public static readonly Entry Due = new(null, null, null, null);
    }

    private sealed class Statements(SqliteConnection connection) : IDisposable
    {
        private readonly Statement _hold = new(connection, "INSERT OR REPLACE INTO open_attempts VALUES (?1, ?2, ?3)");
        private readonly Statement _release = new(connection, "DELETE FROM open_attempts WHERE attempt_id = ?1");
        private readonly Statement _place = new(connection, "INSERT OR REPLACE INTO places (account, bucket, slot_us) VALUES (?1, ?2, ?3)");
        private readonly Statement _book = new(connection, """
            INSERT INTO spent VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET spent_pico = spent_pico + excluded.spent_pico, unknown_pico = unknown_pico + excluded.unknown_pico
            """);

        public void Hold(string attemptId, Money amount, string places) => _hold.Bind(1, attemptId).Bind(2, amount.PicoUsd).Bind(3, places).Run();

        public void Release(string attemptId) => _release.Bind(1, attemptId).Run();

        public long Place(AccountKey account, DateTimeOffset slot)
        {
            _place.Bind(1, account.Account).Bind(2, account.Bucket).Bind(3, BudgetDatabase.Microseconds(slot)).Run();
            return SQLitePCL.raw.sqlite3_last_insert_rowid(connection.Handle);
        }

        public void Book(AccountKey account, DateTimeOffset slot, Money spent, Money unknown) =>
            _book.Bind(1, account.Account).Bind(2, account.Bucket).Bind(3, BudgetDatabase.Microseconds(slot)).Bind(4, spent.PicoUsd).Bind(5, unknown.PicoUsd).Run();

        public void Dispose()
        {
            _hold.Dispose();
            _release.Dispose();
            _place.Dispose();
            _book.Dispose();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(47, LogLevel.Error, "The budgets can't be written: {Cause}")]
        public static partial void NotWritten(ILogger logger, string cause);
    }
}
