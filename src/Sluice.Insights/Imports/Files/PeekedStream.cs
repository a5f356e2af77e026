using Sluice.Core;

namespace Sluice.Insights.Imports.Files;

/// <summary>A stream whose first bytes can be looked at before it is read, and whose last ones are known when it has been.</summary>
/// <param name="source">Disposed with this.</param>
internal sealed class PeekedStream(Stream source) : ForwardStream
{
    private const int TailBytes = 8;

    private readonly byte[] _tail = new byte[TailBytes];
    private byte[] _head = [];
    private int _headAt, _tailLength;
    private long _position;
    private FileStream? _copy;

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    /// <summary>The last eight bytes that were read, or all where there were fewer.</summary>
    public ReadOnlySpan<byte> Tail => _tail.AsSpan(0, _tailLength);

    /// <summary>The first bytes of what is left, as many as are asked for or there are.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        if (_head.Length - _headAt < count)
        {
            var more = new byte[count];
            var left = _head.AsSpan(_headAt);
            left.CopyTo(more);
            var length = left.Length + source.ReadAtLeast(more.AsSpan(left.Length), count - left.Length, throwOnEndOfStream: false);
            (_head, _headAt) = (more[..length], 0);
        }
        return _head.AsSpan(_headAt, Math.Min(count, _head.Length - _headAt));
    }

    /// <summary>
    /// All of it, for formats that end with the list of what is in them: the source if that can seek, otherwise a copy in a file without a
    /// name, which is gone when this is disposed of. Nothing may have been read yet.
    /// </summary>
    public Stream Seekable()
    {
        if (source.CanSeek)
        {
            source.Position = 0;
            return source;
        }
        _copy = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        CopyTo(_copy);
        _copy.Position = 0;
        return _copy;
    }

    public override int Read(Span<byte> buffer)
    {
        int read;
        if (_headAt < _head.Length)
        {
            read = Math.Min(buffer.Length, _head.Length - _headAt);
            _head.AsSpan(_headAt, read).CopyTo(buffer);
            _headAt += read;
        }
        else
            read = source.Read(buffer);
        _position += read;
        Remember(buffer[..read]);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _copy?.Dispose();
            source.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Remember(ReadOnlySpan<byte> read)
    {
        if (read.Length >= TailBytes)
        {
            read[^TailBytes..].CopyTo(_tail);
            _tailLength = TailBytes;
            return;
        }
        foreach (var next in read)
        {
            if (_tailLength == TailBytes)
                _tail.AsSpan(1).CopyTo(_tail);
            else
                _tailLength++;
            _tail[_tailLength - 1] = next;
        }
    }
}
