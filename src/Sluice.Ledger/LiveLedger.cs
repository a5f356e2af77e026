using System.Buffers;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Sluice.Core.Invocations;
using Sluice.Ledger.Journal;

namespace Sluice.Ledger;

/// <summary>
/// The ledger of the one process that writes it. Callers append to the journal, which is quick and outlives a crash; one
/// task of its own takes the journal over into SQLite.
/// </summary>
public sealed partial class LiveLedger : ILedgerWriter, IAsyncDisposable
{
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
    private readonly SemaphoreSlim _hurry = new(0, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _indexing;

    private volatile JournalPosition _indexedTo;
    private volatile string? _indexTrouble;
    private long _corruptLines;

    // Under the gate.
    private string? _journalTrouble;
    private long _lost;
    private bool _isClosed;

    private TaskCompletionSource _indexed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LiveLedger(LedgerOptions options, DirectoryLock exclusive, TimeProvider time, ILogger logger)
    {
        _options = options;
        _exclusive = exclusive;
        _time = time;
        _logger = logger;
        _folder = new JournalFolder(Path.Combine(options.DataDirectory, "journal"));
        _journal = new JournalWriter(_folder, options.Fsync, options.SegmentBytes, time);
        try
        {
            _indexer = OpenIndexed();
            _indexedTo = _indexer.Position;
            _corruptLines = _indexer.CorruptLines;
        }
        catch
        {
            _journal.Dispose();
            throw;
        }
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
                return new LedgerHealth(status, _journalTrouble ?? _indexTrouble, _pending.Count, _lost, Interlocked.Read(ref _corruptLines));
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
            DirectoryLock? exclusive = null;
            SpinWait.SpinUntil(() => (exclusive = DirectoryLock.TryTake(options.DataDirectory)) is not null, options.LockPatience);
            if (exclusive is null)
                throw new LedgerUnavailableException($"The ledger in '{options.DataDirectory}' is being written by another process; stop that one, or give this one its own directory (--data).");
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
                if (!_isClosed && _pending.Count < _options.MaxPending)
                    _pending.Enqueue(line.ToArray());
                else
                    _lost++;
                Fail(e.Message);
            }
        }
        Signal(_work);
    }

    /// <summary>Returns when everything that was closed before the call can be asked for.</summary>
    /// <exception cref="LedgerUnavailableException">The disk refuses some of it, or the database does; or the ledger is shut down.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        JournalPosition end;
        lock (_gate)
        {
            try
            {
                WritePending();
            }
            catch (IOException e)
            {
                Fail(e.Message);
                throw new LedgerUnavailableException(e.Message, e);
            }
            end = _journal.End;
        }
        while (_indexedTo.CompareTo(end) < 0)
        {
            var indexed = Volatile.Read(ref _indexed).Task;
            Signal(_work);
            Signal(_hurry);
            await Task.WhenAny(indexed, _indexing).WaitAsync(cancellationToken);
            if (_indexedTo.CompareTo(end) < 0 && (_indexTrouble is not null || _indexing.IsCompleted))
                throw new LedgerUnavailableException(_indexTrouble ?? $"The ledger in '{_options.DataDirectory}' is shut down.");
        }
    }

    /// <summary>Indexes what there is and lets go of the directory. Calls that close afterwards are lost, and will count as interrupted.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
            try
            {
                WritePending();
                if (_journal.TakeUnsynced() is { } unsynced)
                    RandomAccess.FlushToDisk(unsynced);
            }
            catch (IOException e)
            {
                Log.Failed(_logger, e.Message);
            }
            _journal.Dispose();
        }
        await _stopping.CancelAsync();
        Signal(_work);
        Signal(_hurry);
        await _indexing;
        _indexer?.Dispose();
        _exclusive.Dispose();
        _work.Dispose();
        _hurry.Dispose();
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
            if (_pending.Count == 0)
                Recover();
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

    private static void Signal(SemaphoreSlim semaphore)
    {
        if (semaphore.CurrentCount > 0)
            return;
        try
        {
            semaphore.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // Another caller signalled in the same moment, which is as good; or nobody listens any more.
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

        [LoggerMessage(45, LogLevel.Error, "Invocations past their retention could not be deleted, which is tried again in an hour: {Cause}")]
        public static partial void NotTrimmed(ILogger logger, string cause);
    }
}
