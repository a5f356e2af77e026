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

    public JournalWriter(JournalFolder folder, FsyncPolicy fsync, long segmentBytes, TimeProvider time)
    {
        _folder = folder;
        _fsync = fsync;
        _segmentBytes = segmentBytes;
        _time = time;
        Directory.CreateDirectory(folder.Path);
        Roll();
    }

    /// <summary>Where the next line goes.</summary>
    public JournalPosition End => new(Segment, _offset);

    public string Segment { get; private set; } = "";

    /// <summary>How bytes reach the file; tests break it.</summary>
    internal Action<SafeFileHandle, ReadOnlyMemory<byte>, long> WriteBytes { get; set; } = static (file, bytes, offset) => RandomAccess.Write(file, bytes.Span, offset);

    /// <exception cref="IOException">The line is not in the journal, whole or in part.</exception>
    public void Append(ReadOnlyMemory<byte> line)
    {
        if (_file is null || _offset >= _segmentBytes)
            Roll();
        try
        {
            WriteBytes(_file!, line, _offset);
            if (_fsync == FsyncPolicy.Always)
                RandomAccess.FlushToDisk(_file!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Repair();
            throw new IOException($"'{_folder.FileOf(Segment)}' can't be written: {e.Message} Make room on the disk, or mend the directory.", e);
        }
        _offset += line.Length;
        _hasUnsynced = true;
    }

    /// <summary>Forces what was written to the disk, where the policy leaves that to now.</summary>
    public void Sync()
    {
        if (!_hasUnsynced || _fsync != FsyncPolicy.Interval || _file is null)
            return;
        RandomAccess.FlushToDisk(_file);
        _hasUnsynced = false;
    }

    public void Dispose() => _file?.Dispose();

    private void Roll()
    {
        var segment = _folder.NextSegment(_time.GetUtcNow());
        var file = File.OpenHandle(_folder.FileOf(segment), FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete);
        _file?.Dispose();
        _file = file;
        _offset = 0;
        Segment = segment;
    }

    /// <summary>Cuts a line off that was written in part; where even that fails, the next line is written over it.</summary>
    private void Repair()
    {
        try
        {
            RandomAccess.SetLength(_file!, _offset);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _file?.Dispose();
            _file = null;
        }
    }
}
