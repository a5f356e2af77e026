using Microsoft.Win32.SafeHandles;

namespace Sluice.Ledger.Journal;

/// <summary>When the journal's bytes are forced from the operating system's cache to the disk. A killed process loses nothing either way.</summary>
public enum FsyncPolicy
{
    /// <summary>Once a second: what a power failure can take.</summary>
    Interval,

    /// <summary>When the operating system sees fit.</summary>
    Never,

    /// <summary>Before each call goes on.</summary>
    Always,
}

/// <summary>
/// Appends lines to the newest segment, each with one write to the operating system. Not thread-safe: its owner locks.
/// </summary>
internal sealed class JournalWriter : IDisposable
{
    private readonly JournalFolder _folder;
    private readonly TimeProvider _time;
    private readonly FsyncPolicy _fsync;
    private readonly long _segmentBytes;
    private SafeFileHandle? _file;
    private long _offset;
    private bool _hasUnsynced;
    private bool _isClosed;

    public JournalWriter(JournalFolder folder, FsyncPolicy fsync, long segmentBytes, TimeProvider time)
    {
        _folder = folder;
        _fsync = fsync;
        _segmentBytes = segmentBytes;
        _time = time;
        Roll();
        FirstSegment = Segment;
    }

    /// <summary>The segment that this writer began with: its own lines are in this one and in later ones.</summary>
    public string FirstSegment { get; }

    /// <summary>Where the next line goes.</summary>
    public JournalPosition End => new(Segment, _offset);

    public string Segment { get; private set; } = "";

    /// <summary>How bytes reach the file; tests break it.</summary>
    internal Action<SafeFileHandle, ReadOnlyMemory<byte>, long> WriteBytes { get; set; } = static (file, bytes, offset) => RandomAccess.Write(file, bytes.Span, offset);

    /// <exception cref="IOException">The line is not in the journal; the message names the file, the cause and the fix.</exception>
    public void Append(ReadOnlyMemory<byte> line)
    {
        if (_isClosed)
            throw new IOException($"'{_folder.FileOf(Segment)}' was closed: the ledger is shut down.");
        try
        {
            if (_file is null || _offset >= _segmentBytes)
                Roll();
            Write(_file!, line);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"'{_folder.FileOf(Segment)}' can't be written: {e.Message} Make room on the disk, or mend the directory.", e);
        }
        _offset += line.Length;
        _hasUnsynced = true;
    }

    /// <summary>Finds out whether the segment was removed: writing on would succeed, into a file that nobody can open again.</summary>
    /// <exception cref="IOException">It was. The next line begins another.</exception>
    public void RequireFile()
    {
        if (_file is null || File.Exists(_folder.FileOf(Segment)))
            return;
        Abandon();
        throw new IOException($"'{_folder.FileOf(Segment)}' was removed while it was being written; lines in it that were not indexed are lost. Stop Sluice before touching its journal.");
    }

    /// <summary>
    /// The file that has bytes which are not forced to the disk yet, where the policy is to do that now and then; or null.
    /// Forcing it takes long, so it is for the caller to do, without its lock.
    /// </summary>
    public SafeFileHandle? TakeUnsynced()
    {
        if (!_hasUnsynced || _fsync != FsyncPolicy.Interval)
            return null;
        _hasUnsynced = false;
        return _file;
    }

    /// <summary>
    /// Begins a new segment with the next line. After a failed sync the system may have dropped what it could not write, and
    /// a second sync of the same file would not tell.
    /// </summary>
    public void Abandon()
    {
        _file?.Dispose();
        _file = null;
        _hasUnsynced = false;
    }

    public void Dispose()
    {
        _isClosed = true;
        _file?.Dispose();
    }

    private void Write(SafeFileHandle file, ReadOnlyMemory<byte> line)
    {
        try
        {
            WriteBytes(file, line, _offset);
        }
        catch
        {
            CutOff(file);
            throw;
        }
        if (_fsync != FsyncPolicy.Always)
            return;
        try
        {
            RandomAccess.FlushToDisk(file);
        }
        catch
        {
            Abandon();
            throw;
        }
    }

    private void Roll()
    {
        if (_hasUnsynced && _fsync == FsyncPolicy.Interval && _file is not null)
            RandomAccess.FlushToDisk(_file);
        Directory.CreateDirectory(_folder.Path);
        var segment = _folder.NextSegment(_time.GetUtcNow());
        var file = File.OpenHandle(_folder.FileOf(segment), FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete);
        _file?.Dispose();
        _file = file;
        _offset = 0;
        _hasUnsynced = false;
        Segment = segment;
    }

    /// <summary>Cuts a line off that was written in part; where even that fails, the next line goes to a new segment.</summary>
    private void CutOff(SafeFileHandle file)
    {
        try
        {
            RandomAccess.SetLength(file, _offset);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Abandon();
        }
    }
}
