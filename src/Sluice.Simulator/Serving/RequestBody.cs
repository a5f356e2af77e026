using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;

namespace Sluice.Simulator.Serving;

/// <summary>A request's whole body in pooled memory, and its JSON once that was asked for.</summary>
internal sealed class RequestBody : IDisposable
{
    /// <summary>The longest body that InvokeModel takes.</summary>
    public const int MaxBytes = 25_000_000;

    private byte[] _buffer = [];
    private int _length;
    private JsonDocument? _json;

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <exception cref="Refusal">It is longer than AWS takes.</exception>
    public async Task ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MaxBytes)
            throw TooLong();
        _buffer = ArrayPool<byte>.Shared.Rent((int)(request.ContentLength ?? 4_096));
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellationToken);
            var chunk = read.Buffer;
            var total = _length + chunk.Length;
            if (total > MaxBytes)
                throw TooLong();
            if (total > _buffer.Length)
                Grow((int)total);
            chunk.CopyTo(_buffer.AsSpan(_length));
            _length = (int)total;
            request.BodyReader.AdvanceTo(chunk.End);
            if (read.IsCompleted)
                return;
        }
    }

    /// <summary>The body as a JSON object, valid until this is disposed.</summary>
    /// <exception cref="Refusal">It is none.</exception>
    public JsonElement Json()
    {
        if (_json is not null)
            return _json.RootElement;
        if (!Utf8.IsValid(Bytes.Span))
            throw Malformed();
        try
        {
            _json = JsonDocument.Parse(Bytes);
        }
        catch (JsonException)
        {
            throw Malformed();
        }
        return _json.RootElement.ValueKind == JsonValueKind.Object ? _json.RootElement : throw Malformed();
    }

    public void Dispose()
    {
        _json?.Dispose();
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    public static Refusal Malformed() => Refusal.Validation("Malformed input request, please reformat your input and try again.");

    private void Grow(int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, Math.Min(_buffer.Length * 2, MaxBytes)));
        Bytes.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private static Refusal TooLong() => Refusal.Validation(
        $"1 validation error detected: Value at 'body' failed to satisfy constraint: Member must have length less than or equal to {MaxBytes}");
}
