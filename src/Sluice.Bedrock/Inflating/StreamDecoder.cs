namespace Sluice.Bedrock.Inflating;

/// <summary>
/// A coding that .NET reads from a stream. The stream finds its end where the bytes have come to so far, and goes on when there are more.
/// </summary>
/// <param name="open">Makes it, over the bytes to come, of which the first is known.</param>
internal sealed class StreamDecoder(Func<Stream, byte, Stream> open) : IDecoder
{
    private readonly Pieces _pieces = new();
    private Stream? _decoded;

    public bool TryDecode(ReadOnlySpan<byte> source, Span<byte> target, out int consumed, out int written)
    {
        written = 0;
        if (!source.IsEmpty)
            _pieces.Take(source);
        consumed = source.Length;
        if (_decoded is null && source.IsEmpty)
            return true;
        _decoded ??= open(_pieces, source[0]);
        written = _decoded.Read(target);
        return true;
    }

    public void Dispose()
    {
        _decoded?.Dispose();
        _pieces.Dispose();
    }

    /// <summary>What has come and was not read yet.</summary>
    private sealed class Pieces : Core.ForwardStream
    {
        private readonly MemoryStream _bytes = new();
        private int _read;

        public void Take(ReadOnlySpan<byte> bytes)
        {
            if (_read == _bytes.Length)
            {
                _bytes.SetLength(0);
                _read = 0;
            }
            _bytes.Position = _bytes.Length;
            _bytes.Write(bytes);
        }

        public override int Read(Span<byte> buffer)
        {
            _bytes.Position = _read;
            var count = _bytes.Read(buffer);
            _read += count;
            return count;
        }
    }
}
