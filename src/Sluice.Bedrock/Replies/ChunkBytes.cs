using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Sluice.Bedrock.Replies;

/// <summary>Takes the vendor's own event out of a <c>chunk</c>, <c>{"bytes":"base64","p":"padding"}</c>, into a pooled buffer.</summary>
internal sealed class ChunkBytes : IDisposable
{
    private byte[] _buffer = [];

    /// <summary>False where the payload is not such an object. The bytes hold until the next call.</summary>
    public bool TryDecode(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> decoded)
    {
        decoded = default;
        try
        {
            var reader = new Utf8JsonReader(payload);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("bytes"u8))
                    return reader.Read() && reader.TokenType == JsonTokenType.String && TryDecodeValue(ref reader, out decoded);
            }
        }
        catch (JsonException)
        {
            // Reported as a chunk that can't be read.
        }
        return false;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private bool TryDecodeValue(scoped ref Utf8JsonReader reader, out ReadOnlySpan<byte> decoded)
    {
        var base64 = reader.ValueSpan;
        if (_buffer.Length < base64.Length)
        {
            Dispose();
            _buffer = ArrayPool<byte>.Shared.Rent(base64.Length);
        }
        // Some encoders escape the slash of the base64 alphabet.
        var length = reader.ValueIsEscaped ? reader.CopyString(_buffer) : 0;
        var status = reader.ValueIsEscaped
            ? Base64.DecodeFromUtf8InPlace(_buffer.AsSpan(0, length), out var written)
            : Base64.DecodeFromUtf8(base64, _buffer, out _, out written);
        decoded = _buffer.AsSpan(0, written);
        return status == OperationStatus.Done;
    }
}
