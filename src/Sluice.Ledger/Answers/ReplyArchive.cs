using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Sluice.Core.Invocations;
using Sluice.Ledger.Sqlite;

namespace Sluice.Ledger.Answers;

/// <summary>
/// Replies on the disk, behind those in memory. Who asks for one that is not there learns so from memory; what is kept is
/// written later, by one task. It is a convenience and no record: whatever goes wrong with it is logged, and calls go on
/// without it. Several processes may share a file; each then finds what the others had written before it started.
/// </summary>
public sealed partial class ReplyArchive : IReplyArchive, IAsyncDisposable
{
    private const int RowsAtOnce = 100;

    /// <summary>Rows that go at once where there is no room: few, since each may be worth a call.</summary>
    private const int RowsTooMany = 10;
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly ReplyArchiveOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ReplyIndex _index = new();
    private readonly Channel<Waiting?> _waiting;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly ITimer _sweep;
    private readonly Task _writing;

    private long _waitingBytes;
    private volatile bool _isDamaged;

    // The writing task's own, once it runs.
    private ReplyTable? _written;
    private bool _isTroubled;

    // Whoever holds the semaphore's own.
    private ReplyTable? _read;

    private ReplyArchive(ReplyArchiveOptions options, TimeProvider time, ILogger logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _waiting = Channel.CreateBounded<Waiting?>(options.MaxWaiting);
        Attempt(Reopen);
        Attempt(Evict);
        Attempt(() => _written?.Shrink());
        _sweep = time.CreateTimer(_ => _waiting.Writer.TryWrite(null), null, SweepInterval, SweepInterval);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Replies on the disk, and about the bytes that they take there.</summary>
    public (int Replies, long Bytes) Size => _index.Size;

    /// <summary>Opens the file, or begins one. Where that fails the archive is empty, says so in the log, and tries again.</summary>
    public static ReplyArchive Open(ReplyArchiveOptions options, TimeProvider time, ILogger logger) => new(options, time, logger);

    public bool MayHold((UInt128 High, UInt128 Low) key, DateTimeOffset oldest) => !_isDamaged && _index.Has(key.High, Microseconds(oldest));

    public async ValueTask<byte[]?> ReadAsync((UInt128 High, UInt128 Low) key, DateTimeOffset oldest)
    {
        try
        {
            // A disk that hangs holds up one reader; the others go on after a moment, and so does the call that met it.
            if (!await _reading.WaitAsync(_options.Patience))
                return null;
            var reading = Task.Run(() => Read(key, Microseconds(oldest)));
            return await reading.WaitAsync(_options.Patience);
        }
        catch (Exception e) when (e is TimeoutException or ObjectDisposedException)
        {
            return null;
        }
    }

    public void Keep((UInt128 High, UInt128 Low) key, DateTimeOffset storedAt, byte[] reply)
    {
        if (reply.Length > _options.MaxBytes / 16)
            return;
        if (Interlocked.Add(ref _waitingBytes, reply.Length) > _options.MaxWaitingBytes || !_waiting.Writer.TryWrite(new Waiting(key, Microseconds(storedAt), reply)))
            Interlocked.Add(ref _waitingBytes, -reply.Length);
    }

    /// <summary>Writes what waits, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_waiting.Writer.TryComplete())
            return;
        await _sweep.DisposeAsync();
        await _writing;
        // Whoever still reads has a disk that hangs, and is not waited for.
        if (!await _reading.WaitAsync(_options.Patience))
            return;
        _written?.Dispose();
        _read?.Dispose();
        _reading.Dispose();
    }

    private byte[]? Read((UInt128 High, UInt128 Low) key, long oldestUs)
    {
        try
        {
            return _isDamaged ? null : _read?.Read(key, oldestUs);
        }
        catch (Exception e)
        {
            Note(e);
            return null;
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task WriteAsync()
    {
        var batch = new List<Waiting>(RowsAtOnce);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < RowsAtOnce && _waiting.Reader.TryRead(out var next))
            {
                if (next is not null)
                    batch.Add(next);
            }
            if (_isDamaged || _written is null)
            {
                await _reading.WaitAsync();
                Attempt(Reopen);
                _reading.Release();
            }
            Attempt(() => Write(batch));
            Attempt(Evict);
            foreach (var written in batch)
                Interlocked.Add(ref _waitingBytes, -written.Reply.Length);
        }
    }

    private void Write(List<Waiting> batch)
    {
        if (_written is not { } table || batch.Count == 0)
            return;
        var rows = new List<ReplyRow>(batch.Count);
        table.Change(() =>
        {
            foreach (var waiting in batch)
                rows.Add(table.Put(waiting.Key, waiting.StoredUs, waiting.Reply));
        });
        foreach (var row in rows)
            _index.Add(row);
        _isTroubled = false;
    }

    /// <summary>The oldest go first. They are also those that expire first, since being read renews none.</summary>
    private void Evict()
    {
        if (_written is not { } table)
            return;
        var cutoffUs = Microseconds(_time.GetUtcNow() - _options.MaxAge);
        for (var isMore = true; isMore;)
        {
            var size = _index.Size;
            var isFull = size.Bytes > _options.MaxBytes || size.Replies > _options.MaxReplies;
            List<ReplyRow> removed = [];
            table.Change(() => removed = isFull ? table.RemoveOldest(RowsTooMany, long.MaxValue) : table.RemoveOldest(RowsAtOnce, cutoffUs));
            foreach (var row in removed)
                _index.Remove(row);
            // Another process may have deleted what this one still counts.
            if (isFull && removed.Count == 0)
                _index.Clear();
            isMore = isFull || removed.Count == RowsAtOnce;
        }
    }

    /// <summary>Opens the file for reading and for writing, in place of one that is damaged.</summary>
    private void Reopen()
    {
        _written?.Dispose();
        _read?.Dispose();
        _written = _read = null;
        _index.Clear();
        if (_isDamaged)
            Log.Damaged(_logger, ReplyTable.PathIn(_options.DataDirectory), Database.SetAside(ReplyTable.PathIn(_options.DataDirectory), _time));
        _isDamaged = false;
        try
        {
            Load();
        }
        catch (SqliteException e) when (Database.IsDamage(e))
        {
            Log.Damaged(_logger, ReplyTable.PathIn(_options.DataDirectory), Database.SetAside(ReplyTable.PathIn(_options.DataDirectory), _time));
            _index.Clear();
            Load();
        }
    }

    private void Load()
    {
        Directory.CreateDirectory(_options.DataDirectory);
        var table = ReplyTable.Open(_options.DataDirectory);
        try
        {
            foreach (var row in table.Rows())
                _index.Add(row);
            _read = ReplyTable.Open(_options.DataDirectory);
            _written = table;
        }
        catch
        {
            table.Dispose();
            throw;
        }
    }

    private void Attempt(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            Note(e);
        }
    }

    private void Note(Exception e)
    {
        if (e is InvalidDataException || (e is SqliteException sqlite && Database.IsDamage(sqlite)))
        {
            _isDamaged = true;
            _waiting.Writer.TryWrite(null);
        }
        else if (!_isTroubled)
        {
            // Once for each trouble; it ends with the next reply that is written.
            _isTroubled = true;
            Log.Troubled(_logger, ReplyTable.PathIn(_options.DataDirectory), e.Message);
        }
    }

    private static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private sealed record Waiting((UInt128 High, UInt128 Low) Key, long StoredUs, byte[] Reply);

    private static partial class Log
    {
        [LoggerMessage(46, LogLevel.Error, "{File} was damaged; it is kept as {Aside}, and stored replies begin anew")]
        public static partial void Damaged(ILogger logger, string file, string aside);

        [LoggerMessage(47, LogLevel.Error, "Replies can't be stored in {File}, calls go on without it: {Cause}")]
        public static partial void Troubled(ILogger logger, string file, string cause);
    }
}
