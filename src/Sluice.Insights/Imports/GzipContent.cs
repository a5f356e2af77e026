using System.Buffers.Binary;
using System.IO.Compression;
using Sluice.Core;

namespace Sluice.Insights.Imports;

/// <summary>
/// What a gzip file holds. .NET's own stream ends without a word where the file is cut off; this one holds what came out against the
/// length and checksum that end the file.
/// </summary>
internal sealed class GzipContent : ForwardStream
{
    private const int TrailerBytes = 8;

    private readonly FileStream _file;
    private readonly GZipStream _content;
    private long _length;
    private uint _checksum;
    private bool _isVerified;

    /// <param name="file">At its start; owned by the caller.</param>
    public GzipContent(FileStream file)
    {
        _file = file;
        _content = new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
    }

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
        var end = _file.Position;
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        _file.Position = Math.Max(0, _file.Length - TrailerBytes);
        var read = _file.ReadAtLeast(trailer, TrailerBytes, throwOnEndOfStream: false);
        _file.Position = end;
        if (read < TrailerBytes)
            throw new InvalidDataException("the gzip is too short to be one");
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]);
        if (checksum == _checksum && length == (uint)(_length & uint.MaxValue))
            return;
        // Files that were joined are one gzip too; the trailer is then that of the last.
        if (length < _length && checksum == ChecksumOfLast(length))
            return;
        throw new InvalidDataException("the gzip ends before what it holds does, or its checksum doesn't fit");
    }

    private uint ChecksumOfLast(long length)
    {
        using var again = new FileStream(_file.Name, FileMode.Open, FileAccess.Read, FileShare.Read);
        using var content = new GZipStream(again, CompressionMode.Decompress);
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
