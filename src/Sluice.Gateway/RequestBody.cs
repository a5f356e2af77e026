using System.Buffers;
using Microsoft.AspNetCore.Http;
using Sluice.Bedrock.Inflating;
using Sluice.Gateway.Edge;

namespace Sluice.Gateway;

/// <summary>The bodies of all calls together take more memory than they may.</summary>
internal sealed class NoRoomForBodyException : Exception;

/// <summary>
/// The whole body of a request. It must be whole before it leaves: AWS's signature covers its hash, and a retry sends it
/// again. The array grows with what has arrived, never with what a header promises.
/// </summary>
/// <param name="calls">Bounds what all bodies take together.</param>
/// <param name="isProved">Whether the caller has proved already that it may call.</param>
internal sealed class RequestBody(CallsUnderWay calls, bool isProved) : IDisposable
{
    private const int FirstBytes = 16 * 1024;

    /// <summary>Larger arrays are left to the collector, which gives their memory back; the pool would keep it.</summary>
    private const int LargestPooled = 1024 * 1024;

    private byte[] _bytes = [];
    private int _length;
    private bool _isProved = isProved;

    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <exception cref="BadHttpRequestException">It is larger than the limit, or not what its headers promised.</exception>
    /// <exception cref="NoRoomForBodyException">There is no room for it now.</exception>
    public async ValueTask ReadAsync(HttpRequest request, long maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
            throw new BadHttpRequestException("Request body too large.", StatusCodes.Status413PayloadTooLarge);
        if (request.ContentLength is 0)
            return;
        var reader = request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            Append(result.Buffer, request.ContentLength ?? maxBytes, maxBytes);
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
                return;
        }
    }

    /// <summary>The caller may call: its body no longer counts among those of callers who have proved nothing.</summary>
    public void Prove()
    {
        if (_isProved)
            return;
        _isProved = true;
        calls.Prove(_bytes.Length);
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
        Replace([]);
        _length = 0;
    }

    /// <param name="chunk">What has arrived.</param>
    /// <param name="expected">How long the body will be at most: no array is made larger than that.</param>
    /// <param name="maxBytes">The limit.</param>
    private void Append(in ReadOnlySequence<byte> chunk, long expected, long maxBytes)
    {
        if (_length + chunk.Length > maxBytes)
            throw new BadHttpRequestException("Request body too large.", StatusCodes.Status413PayloadTooLarge);
        var needed = _length + (int)chunk.Length;
        if (needed > _bytes.Length)
        {
            var capacity = (int)Math.Max(needed, Math.Min(Math.Max(FirstBytes, 2L * _bytes.Length), expected));
            var larger = capacity <= LargestPooled ? ArrayPool<byte>.Shared.Rent(capacity) : GC.AllocateUninitializedArray<byte>(capacity);
            if (!calls.TryTake(larger.Length, _isProved))
            {
                GiveBack(larger);
                throw new NoRoomForBodyException();
            }
            Bytes.Span.CopyTo(larger);
            Replace(larger);
        }
        chunk.CopyTo(_bytes.AsSpan(_length));
        _length = needed;
    }

    private void Replace(byte[] next)
    {
        calls.Return(_bytes.Length, _isProved);
        GiveBack(_bytes);
        _bytes = next;
    }

    private static void GiveBack(byte[] bytes)
    {
        if (bytes.Length is > 0 and <= LargestPooled)
            ArrayPool<byte>.Shared.Return(bytes);
    }
}
