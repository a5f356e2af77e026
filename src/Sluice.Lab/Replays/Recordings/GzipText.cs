using System.Buffers.Binary;
using System.IO.Compression;

namespace Sluice.Lab.Replays.Recordings;

/// <summary>
/// Unpacks gzip and, unlike the stream of the library, does not take a file that was cut off for one that ended. The last
/// four bytes of a whole file are the length of its last member (RFC 1952), which can't be more than all there was; those of
/// one that was cut are as good as random.
/// </summary>
internal sealed class GzipText : Stream
{
    private readonly Tail _packed;
    private readonly GZipStream _text;
    private ulong _length;

    public GzipText(Stream packed)
    {
        _packed = new Tail(packed);
        _text = new GZipStream(_packed, CompressionMode.Decompress);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <exception cref="InvalidDataException">It is damaged or cut off.</exception>
    public override int Read(Span<byte> buffer)
    {
        var read = _text.Read(buffer);
        _length += (uint)read;
        if (read == 0 && buffer.Length > 0 && _packed.LastFour > _length)
            throw new InvalidDataException("The file was cut off.");
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _text.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Passes bytes on and remembers the last four.</summary>
    private sealed class Tail(Stream source) : Stream
    {
        private readonly byte[] _last = new byte[4];

        public uint LastFour => BinaryPrimitives.ReadUInt32LittleEndian(_last);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            var read = source.Read(buffer);
            if (read >= _last.Length)
            {
                buffer.Slice(read - _last.Length, _last.Length).CopyTo(_last);
            }
            else if (read > 0)
            {
                _last.AsSpan(read).CopyTo(_last);
                buffer[..read].CopyTo(_last.AsSpan(_last.Length - read));
            }
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                source.Dispose();
            base.Dispose(disposing);
        }
    }
}
