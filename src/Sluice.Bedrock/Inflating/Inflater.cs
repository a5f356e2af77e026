using System.Buffers;
using System.IO.Compression;

namespace Sluice.Bedrock.Inflating;

/// <summary>
/// Inflates a body while its bytes pass by, in chunks of any size: what is fed comes out again piece by piece. It reads a copy, so that the bytes
/// themselves go on as they are. A body that blows up beyond the bound is given up. No bytes make it throw. For one thread at a time.
/// </summary>
public sealed class Inflater : IDisposable
{
    /// <summary>Above any body that Bedrock takes or gives (25 million bytes, and images in base64), and little enough to be inflated in less than a second.</summary>
    public const long MaxBytes = 128 * 1024 * 1024;

    private const int BufferBytes = 32 * 1024;

    private readonly IDecoder? _decoder;
    private readonly long _maxBytes;
    private readonly byte[] _output = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private byte[] _pending = [];
    private int _at;
    private int _end;
    private long _inflated;

    private Inflater(IDecoder? decoder, long maxBytes) => (_decoder, _maxBytes) = (decoder, maxBytes);

    /// <summary>The bytes are not of the coding that they are said to be of.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Nobody can tell what the body says: its coding isn't known, or it is larger than the bound.</summary>
    public bool IsUnreadable => _decoder is null || _inflated > _maxBytes;

    /// <param name="contentEncoding">The value of the header of that name, or null.</param>
    /// <returns>Null for a body that is not compressed.</returns>
    public static Inflater? Of(string? contentEncoding, long maxBytes = MaxBytes)
    {
        var coding = contentEncoding?.Trim().ToLowerInvariant();
        return coding is null or "" or "identity" ? null : new Inflater(DecoderOf(coding), maxBytes);
    }

    /// <summary>Inflates a whole body.</summary>
    /// <returns>Null where it can't be read.</returns>
    public static byte[]? Whole(string contentEncoding, ReadOnlySpan<byte> body, long maxBytes)
    {
        using var inflater = Of(contentEncoding, maxBytes);
        if (inflater is null)
            return body.ToArray();
        var whole = new ArrayBufferWriter<byte>();
        inflater.Feed(body);
        while (inflater.TryRead(out var bytes))
            whole.Write(bytes);
        return inflater.IsBroken || inflater.IsUnreadable ? null : whole.WrittenSpan.ToArray();
    }

    /// <summary>Takes the next bytes; read what they give before more are fed.</summary>
    public void Feed(ReadOnlySpan<byte> chunk)
    {
        if (IsBroken || IsUnreadable)
            return;
        if (_pending.Length < chunk.Length)
        {
            Return(_pending);
            _pending = ArrayPool<byte>.Shared.Rent(chunk.Length);
        }
        chunk.CopyTo(_pending);
        (_at, _end) = (0, chunk.Length);
    }

    /// <summary>The next bytes that came out, valid until the next call; false where more has to be fed first.</summary>
    public bool TryRead(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (IsBroken || IsUnreadable)
            return false;
        var written = 0;
        try
        {
            int consumed;
            do
            {
                IsBroken = !_decoder!.TryDecode(_pending.AsSpan(_at, _end - _at), _output, out consumed, out written);
                _at += consumed;
            }
            while (written == 0 && consumed > 0 && _at < _end && !IsBroken);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or ZstdSharp.ZstdException)
        {
            IsBroken = true;
        }
        _inflated += written;
        bytes = _output.AsSpan(0, written);
        return written > 0 && !IsUnreadable;
    }

    public void Dispose()
    {
        _decoder?.Dispose();
        Return(_pending);
        Return(_output);
        _pending = [];
    }

    private static void Return(byte[] buffer)
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Null for one that is not known, or several upon one another, which no service sends.</summary>
    private static IDecoder? DecoderOf(string coding) => coding switch
    {
        "gzip" or "x-gzip" => new StreamDecoder(static (source, _) => new GZipStream(source, CompressionMode.Decompress)),
        "deflate" => new StreamDecoder(DeflateOf),
        "br" => new BrotliPieces(),
        "zstd" => new ZstdPieces(),
        _ => null,
    };

    /// <summary>The coding's name stands for zlib's format, and some servers take it at its word; the method in zlib's first byte, 8, begins no stream of deflate.</summary>
    private static Stream DeflateOf(Stream source, byte first) => (first & 0x0F) == 8
        ? new ZLibStream(source, CompressionMode.Decompress)
        : new DeflateStream(source, CompressionMode.Decompress);
}
