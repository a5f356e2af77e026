using System.Buffers;
using Sluice.Bedrock.Replies;

namespace Sluice.Gateway.Stages.Recording;

/// <summary>The bytes of a plain reply, in a pooled array that goes back when the reply is disposed.</summary>
internal sealed class ReplyBuffer(long expectedBytes) : IAsyncDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent((int)Math.Max(expectedBytes, 4096));

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Append(ReadOnlySpan<byte> chunk)
    {
        if (Length + chunk.Length > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, Length + chunk.Length));
            Written.Span.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
        chunk.CopyTo(_bytes.AsSpan(Length));
        Length += chunk.Length;
    }

    /// <summary>Takes a reply whole.</summary>
    /// <returns>What it says that it used; null where it says nothing.</returns>
    public async ValueTask<ReplyReading?> FillAsync(Invocation invocation, Reply reply)
    {
        using var meter = ReplyMeter.Create(invocation.Request.Operation, invocation.Request.Facts.Dialect, reply.Framing, invocation.Request.Facts, reply.Headers["Content-Encoding"]);
        await foreach (var frame in reply.Frames)
        {
            Append(frame.Span);
            meter?.Append(frame.Span);
        }
        return meter?.Finish(reply.Headers.First);
    }

    public Reply ToReply(int status, HeaderList headers) => Reply.Plain(status, headers, Written, this);

    public ValueTask DisposeAsync()
    {
        var bytes = Interlocked.Exchange(ref _bytes, []);
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
        return ValueTask.CompletedTask;
    }
}
