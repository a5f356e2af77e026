using System.Buffers.Binary;
using System.IO.Compression;
using Sluice.Core;

namespace Sluice.Insights.Imports.Files;

/// <summary>
/// What a gzip file holds. .NET's own stream ends without a word where the file is cut off; this one holds what came out against the
/// length and checksum that end the file.
/// </summary>
/// <param name="file">Owned by the caller.</param>
/// <param name="again">Opens the file a second time, which takes files that were joined.</param>
internal sealed class GzipContent(PeekedStream file, Func<Stream> again) : ForwardStream
{
    private readonly GZipStream _content = new(file, CompressionMode.Decompress, leaveOpen: true);
    private long _length;
    private uint _checksum;
    private bool _isVerified;

    public override long Position { get => _length; set => throw new NotSupportedException(); }

    /// <exception cref="InvalidDataException">The file is damaged or ends too early.</exception>
    public override int Read(Span<byte> buffer)
    {
        var read = _content.Read(buffer);
        _checksum = Crc32.Compute(buffer[..read], _checksum);
        _length += read;
        if (read == 0 && buffer.Length > 0 && !_isVerified)
            Verify();
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _content.Dispose();
        base.Dispose(disposing);
    }

    private void Verify()
    {
        _isVerified = true;
        file.CopyTo(Stream.Null);
        var trailer = file.Tail;
        if (trailer.Length < 2 * sizeof(uint))
            throw new InvalidDataException("the gzip is too short to be one");
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(trailer[sizeof(uint)..]);
        if (checksum == _checksum && length == (uint)(_length & uint.MaxValue))
            return;
        // Files that were joined are one gzip too; the trailer is then that of the last.
        if (length < _length && checksum == ChecksumOfLast(length))
            return;
        throw new InvalidDataException("the gzip ends before what it holds does, or its checksum doesn't fit");
    }

    private uint ChecksumOfLast(long length)
    {
        using var content = new GZipStream(again(), CompressionMode.Decompress);
        var buffer = new byte[1 << 16];
        var skip = _length - length;
        var checksum = 0u;
        for (int read; (read = content.Read(buffer)) > 0;)
        {
            var skipped = (int)Math.Min(skip, read);
            skip -= skipped;
            checksum = Crc32.Compute(buffer.AsSpan(skipped, read - skipped), checksum);
        }
        return checksum;
    }
}
