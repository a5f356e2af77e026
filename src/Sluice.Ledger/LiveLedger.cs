using System.Buffers;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Sluice.Core.Invocations;
using Sluice.Ledger.Journal;
using Sluice.Ledger.Sqlite;
using Sluice.Ledger.Upkeep;

namespace Sluice.Ledger;

/// <summary>
/// The ledger of the one process that writes it. Callers append to the journal, which is quick and outlives a crash; one
/// task of its own takes the journal over into SQLite.
/// </summary>
public sealed partial class LiveLedger : ILedgerWriter, IAsyncDisposable
{
    private static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetentionInterval = TimeSpan.FromHours(1);

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _line;

    private readonly LedgerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DirectoryLock _exclusive;
    private readonly JournalFolder _folder;
    private readonly JournalWriter _journal;
    private readonly Lock _gate = new();
    private readonly Queue<byte[]> _pending = new();
    private readonly SemaphoreSlim _work = new(0, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _indexing;

    private SqliteConnection _connection;
    private Indexer _indexer;
    private string? _journalTrouble;
    private volatile string? _indexTrouble;
    private long _lost;
    private TaskCompletionSource _indexed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LiveLedger(LedgerOptions options, DirectoryLock exclusive, TimeProvider time, ILogger logger)
    {
        _options = options;
        _exclusive = exclusive;
        _time = time;
        _logger = logger;
        _folder = new JournalFolder(Path.Combine(options.DataDirectory, "journal"));
        _journal = new JournalWriter(_folder, options.Fsync, options.SegmentBytes, time);
        (_connection, _indexer) = Recovery.OpenIndexed(options.DataDirectory, _folder, _journal.Segment, time, logger);
        _indexing = Task.Run(IndexAsync);
    }

    /// <summary>How the ledger is at this moment.</summary>
    public LedgerHealth Health
    {
        get
        {
            lock (_gate)
            {
                var status = _journalTrouble is not null ? LedgerStatus.Failed : _indexTrouble is not null ? LedgerStatus.Degraded : LedgerStatus.Healthy;
                return new LedgerHealth(status, _journalTrouble ?? _indexTrouble, _pending.Count, _lost, _indexer.CorruptLines);
            }
        }
    }

    /// <summary>Tests break the writing of the journal here.</summary>
    internal JournalWriter Journal => _journal;

    /// <summary>Opens the ledger for writing, and settles what an earlier process left open.</summary>
    /// <exception cref="LedgerUnavailableException">Another process writes this ledger, or the directory can't be used.</exception>
    public static LiveLedger Open(LedgerOptions options, TimeProvider time, ILogger logger)
    {
        try
        {
            Directory.CreateDirectory(options.DataDirectory);
            var exclusive = DirectoryLock.TryTake(options.DataDirectory)
                ?? throw new LedgerUnavailableException($"The ledger in '{options.DataDirectory}' is being written by another process; stop that one, or give this one its own directory (--data).");
            try
            {
                return new LiveLedger(options, exclusive, time, logger);
            }
            catch
            {
                exclusive.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new LedgerUnavailableException($"The ledger in '{options.DataDirectory}' can't be opened: {e.Message} Give a directory that this user may write, with room on its disk (--data).", e);
        }
    }

    public void Open(InvocationRecord intent)
    {
        var line = Line(JournalLineKind.Open, intent);
        lock (_gate)
        {
            try
            {
                WritePending();
                _journal.Append(line);
            }
            catch (IOException e)
            {
                Fail(e.Message);
                throw new LedgerUnavailableException(e.Message, e);
            }
            Recover();
        }
    }

    public void Close(InvocationRecord record)
    {
        var line = Line(JournalLineKind.Close, record);
        lock (_gate)
        {
            try
            {
                WritePending();
                _journal.Append(line);
                Recover();
            }
            catch (IOException e)
            {
                if (_pending.Count < _options.MaxPending)
                    _pending.Enqueue(line.ToArray());
                else
                    _lost++;
                Fail(e.Message);
            }
        }
        if (_work.CurrentCount == 0)
            Wake();
    }

    /// <summary>Returns when everything that was closed before the call can be asked for.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        JournalPosition end;
        lock (_gate)
            end = _journal.End;
        while (_indexer.Position.CompareTo(end) < 0)
        {
            var indexed = Volatile.Read(ref _indexed).Task;
            Wake();
            await indexed.WaitAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Wake();
        await _indexing;
        lock (_gate)
        {
            try
            {
                WritePending();
                _journal.Sync();
            }
            catch (IOException e)
            {
                Log.Failed(_logger, e.Message);
            }
            _journal.Dispose();
        }
        _indexer.Dispose();
        _connection.Dispose();
        _exclusive.Dispose();
        _work.Dispose();
        _stopping.Dispose();
    }

    private static ReadOnlyMemory<byte> Line(JournalLineKind kind, InvocationRecord record)
    {
        var line = _line ??= new ArrayBufferWriter<byte>(4096);
        line.ResetWrittenCount();
        JournalLine.Write(line, kind, record);
        return line.WrittenMemory;
    }

    /// <summary>What waited for the disk goes before anything newer.</summary>
    private void WritePending()
    {
        while (_pending.TryPeek(out var waiting))
        {
            _journal.Append(waiting);
            _pending.Dequeue();
        }
    }

    private void Fail(string cause)
    {
        if (_journalTrouble is null)
            Log.Failed(_logger, cause);
        _journalTrouble = cause;
    }

    private void Recover()
    {
        if (_journalTrouble is null)
            return;
        _journalTrouble = null;
        Log.Recovered(_logger, _lost);
    }

    private void Wake()
    {
        try
        {
            _work.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another caller woke it in the same moment, which is as good.
        }
        catch (ObjectDisposedException)
        {
            // A reply that ended after the ledger was closed: its line is in the journal, and the next start indexes it.
        }
    }

    private async Task IndexAsync()
    {
        var syncedAt = _time.GetTimestamp();
        var trimmedAt = _time.GetTimestamp();
        while (!_stopping.IsCancellationRequested)
        {
            await _work.WaitAsync(SyncInterval);
            Index();
            if (_time.GetElapsedTime(syncedAt) >= SyncInterval)
            {
                syncedAt = _time.GetTimestamp();
                Sync();
            }
            if (_options.Retention is { } retention && _time.GetElapsedTime(trimmedAt) >= RetentionInterval)
            {
                trimmedAt = _time.GetTimestamp();
                Retention.Apply(_connection, _folder, _time.GetUtcNow() - retention);
            }
        }
        Index();
    }

    private void Index()
    {
        try
        {
            while (_indexer.IndexBatch())
            {
            }
            _indexTrouble = null;
        }
        catch (SqliteException e) when (Database.IsDamage(e))
        {
            Rebuild(e);
        }
        catch (Exception e) when (e is SqliteException or IOException)
        {
            if (_indexTrouble is null)
                Log.NotIndexed(_logger, e.Message);
            _indexTrouble = $"New calls are journalled but can't be asked for yet: {e.Message}";
        }
        Interlocked.Exchange(ref _indexed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    private void Rebuild(SqliteException damage)
    {
        Log.NotIndexed(_logger, damage.Message);
        _indexTrouble = $"The database was damaged and is being made anew from the journal: {damage.Message}";
        _indexer.Dispose();
        _connection.Dispose();
        Recovery.MoveAside(_options.DataDirectory, _time, _logger);
        (_connection, _indexer) = Recovery.OpenIndexed(_options.DataDirectory, _folder, _journal.Segment, _time, _logger);
        _indexTrouble = null;
    }

    private void Sync()
    {
        lock (_gate)
        {
            try
            {
                WritePending();
                _journal.Sync();
                if (_pending.Count == 0 && _journalTrouble is not null)
                    Recover();
            }
            catch (IOException e)
            {
                Fail(e.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(40, LogLevel.Critical, "The ledger is not recording: {Cause}")]
        public static partial void Failed(ILogger logger, string cause);

        [LoggerMessage(41, LogLevel.Warning, "The ledger is recording again; {Lost} final records were lost")]
        public static partial void Recovered(ILogger logger, long lost);

        [LoggerMessage(42, LogLevel.Error, "The ledger's database can't be written, the journal goes on: {Cause}")]
        public static partial void NotIndexed(ILogger logger, string cause);
    }
}
