using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Sluice.Bedrock.Inflating;

namespace Sluice.Gateway;

/// <summary>
/// The whole body of a request in a pooled array. It must be whole before it leaves: AWS's signature covers its hash, and
/// a retry sends it again.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    private byte[] _bytes = [];
    private int _length;

    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <exception cref="BadHttpRequestException">It is larger than the limit, or not what its headers promised.</exception>
    public async ValueTask ReadAsync(HttpRequest request, long maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
            throw new BadHttpRequestException("Request body too large.", StatusCodes.Status413PayloadTooLarge);
        if (request.ContentLength is 0)
            return;
        _bytes = ArrayPool<byte>.Shared.Rent((int)(request.ContentLength ?? 16 * 1024));
        var reader = request.BodyReader;
        while (true)
        {
            var result = await ReadAsync(reader, cancellationToken);
            Append(result.Buffer, maxBytes);
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
                return;
        }
    }

    /// <summary>A caller who left breaks the connection; one whose body is wrong is still there, and is told.</summary>
    private static async ValueTask<ReadResult> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (IOException e) when (e is not ConnectionResetException && !cancellationToken.IsCancellationRequested)
        {
            throw e as BadHttpRequestException ?? new BadHttpRequestException(e.Message, e);
        }
    }

    /// <summary>A copy of what a compressed body says, to be read; empty where that can't be had within the limit, and null for a body that isn't compressed.</summary>
    public static ReadOnlyMemory<byte>? Inflate(string? contentEncoding, ReadOnlySpan<byte> body, long maxBytes)
    {
        using var inflater = body.IsEmpty ? null : Inflater.Of(contentEncoding, maxBytes);
        // A null among memories would be an empty one.
        return inflater is null ? default(ReadOnlyMemory<byte>?) : new ReadOnlyMemory<byte>(Inflater.Whole(contentEncoding!, body, maxBytes));
    }

    public void Dispose()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }

    private void Append(in ReadOnlySequence<byte> chunk, long maxBytes)
    {
        if (_length + chunk.Length > maxBytes)
            throw new BadHttpRequestException("Request body too large.", StatusCodes.Status413PayloadTooLarge);
        var needed = _length + (int)chunk.Length;
        if (needed > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _bytes.Length * 2));
            Bytes.Span.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
        chunk.CopyTo(_bytes.AsSpan(_length));
        _length = needed;
    }
}
