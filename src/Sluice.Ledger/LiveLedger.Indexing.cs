using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using Sluice.Ledger.Sqlite;
using Sluice.Ledger.Upkeep;

namespace Sluice.Ledger;

/// <summary>The task that takes the journal over into SQLite, and does what falls due now and then.</summary>
public sealed partial class LiveLedger
{
    private static readonly TimeSpan SyncInterval = TimeSpan.FromSeconds(1);

    /// <summary>Transactions of a busy server are at least this far apart: one for each call would cost more than all else the call does.</summary>
    private static readonly TimeSpan BatchInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RetentionInterval = TimeSpan.FromHours(1);

    /// <summary>Empty lines that fill a block of any usual disk.</summary>
    private static readonly byte[] Probe = [.. Enumerable.Repeat((byte)'\n', 4096)];

    // The task's own, once it runs.
    private Indexer? _indexer;
    private bool _isDamaged;

    private async Task IndexAsync()
    {
        var syncedAt = _time.GetTimestamp();
        var trimmedAt = _time.GetTimestamp();
        while (!_stopping.IsCancellationRequested)
        {
            if (await _work.WaitAsync(SyncInterval))
                await _hurry.WaitAsync(BatchInterval);
            Index();
            if (_time.GetElapsedTime(syncedAt) >= SyncInterval)
            {
                syncedAt = _time.GetTimestamp();
                Sync();
            }
            if (_time.GetElapsedTime(trimmedAt) >= RetentionInterval)
            {
                trimmedAt = _time.GetTimestamp();
                Trim(_time.GetUtcNow());
            }
        }
        Index();
    }

    /// <summary>Takes over what the journal holds. Whatever goes wrong is health's to tell, and is tried again: nothing may end the indexing task.</summary>
    private void Index()
    {
        try
        {
            _indexer ??= Reopen();
            do
            {
                _indexedTo = _indexer.Position;
                Interlocked.Exchange(ref _corruptLines, _indexer.CorruptLines);
            }
            while (_indexer.IndexBatch());
            _indexTrouble = null;
        }
        catch (Exception e)
        {
            Trouble(e);
        }
        Interlocked.Exchange(ref _indexed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    private void Trouble(Exception e)
    {
        if (_indexTrouble is null)
            Log.NotIndexed(_logger, e.Message);
        _indexTrouble = $"New calls are journalled but can't be asked for yet: {e.Message}";
        if (e is not SqliteException sqlite || !Database.IsDamage(sqlite))
            return;
        _isDamaged = true;
        _indexer?.Dispose();
        _indexer = null;
        Signal(_work);
    }

    /// <summary>Makes a damaged database anew. What this process itself has open is under way, not interrupted.</summary>
    private Indexer Reopen()
    {
        if (_isDamaged)
            Recovery.MoveAside(_options.DataDirectory, _time, _logger);
        _isDamaged = false;
        return OpenIndexed();
    }

    private Indexer OpenIndexed() => Recovery.OpenIndexed(_options.DataDirectory, _folder, _journal.FirstSegment, _time, _logger);

    private void Trim(DateTimeOffset now)
    {
        if (_indexer is null)
            return;
        try
        {
            Retention.FoldQuarters(_indexer.Connection, now);
            if (_options.Retention is { } retention)
                Retention.Apply(_indexer.Connection, _folder, now - retention);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            Log.NotTrimmed(_logger, e.Message);
        }
    }

    /// <summary>What the indexing task does each second: forces the journal to the disk, and finds out whether a disk that refused takes lines again.</summary>
    internal void Sync()
    {
        SafeFileHandle? unsynced;
        lock (_gate)
        {
            try
            {
                _journal.RequireFile();
                WritePending();
                if (_journalTrouble is not null)
                {
                    // Without traffic nobody else would find out that the disk takes lines again.
                    _journal.Append(Probe);
                    Recover();
                }
                unsynced = _journal.TakeUnsynced();
            }
            catch (IOException e)
            {
                Fail(e.Message);
                return;
            }
        }
        try
        {
            if (unsynced is not null)
                RandomAccess.FlushToDisk(unsynced);
        }
        catch (ObjectDisposedException)
        {
            // The segment was full meanwhile, and was forced to the disk as it was closed.
        }
        catch (IOException e)
        {
            lock (_gate)
            {
                _journal.Abandon();
                Fail(e.Message);
            }
        }
    }
}
