using System.Buffers;
using ZstdSharp;

namespace Sluice.Bedrock.Inflating;

/// <summary><c>zstd</c> (RFC 8878), which .NET itself doesn't read.</summary>
internal sealed class ZstdPieces : IDecoder
{
    private readonly Decompressor _decoder = new();

    public bool TryDecode(ReadOnlySpan<byte> source, Span<byte> target, out int consumed, out int written) =>
        _decoder.UnwrapStream(source, target, out consumed, out written) != OperationStatus.InvalidData;

    public void Dispose() => _decoder.Dispose();
}
