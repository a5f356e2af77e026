using System.Buffers.Binary;
using System.IO.Compression;
using Sluice.Core;

namespace Sluice.Lab.Replays.Recordings;

/// <summary>
/// Unpacks gzip and, unlike the stream of the library, does not take a file that was cut off for one that ended. The last
/// four bytes of a whole file are the length of its last member (RFC 1952), which can't be more than all there was; those of
/// one that was cut are as good as random.
/// </summary>
internal sealed class GzipText : ForwardStream
{
    private readonly Tail _packed;
    private readonly GZipStream _text;
    private ulong _length;

    public GzipText(Stream packed)
    {
        _packed = new Tail(packed);
        _text = new GZipStream(_packed, CompressionMode.Decompress);
    }

    /// <exception cref="InvalidDataException">It is damaged or cut off.</exception>
    public override int Read(Span<byte> buffer)
    {
        var read = _text.Read(buffer);
        _length += (uint)read;
        if (read == 0 && buffer.Length > 0 && _packed.LastFour > _length)
            throw new InvalidDataException("The file was cut off.");
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _text.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Passes bytes on and remembers the last four.</summary>
    private sealed class Tail(Stream source) : ForwardStream
    {
        private readonly byte[] _last = new byte[4];

        public uint LastFour => BinaryPrimitives.ReadUInt32LittleEndian(_last);

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

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                source.Dispose();
            base.Dispose(disposing);
        }
    }
}
