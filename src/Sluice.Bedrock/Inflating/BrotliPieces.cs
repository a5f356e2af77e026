using System.Buffers;
using System.IO.Compression;

namespace Sluice.Bedrock.Inflating;

/// <summary><c>br</c> (RFC 7932).</summary>
internal sealed class BrotliPieces : IDecoder
{
    private BrotliDecoder _decoder;

    public bool TryDecode(ReadOnlySpan<byte> source, Span<byte> target, out int consumed, out int written) =>
        _decoder.Decompress(source, target, out consumed, out written) != OperationStatus.InvalidData;

    public void Dispose() => _decoder.Dispose();
}
