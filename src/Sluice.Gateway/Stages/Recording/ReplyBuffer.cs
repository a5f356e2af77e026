using System.Buffers;

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

    public Reply ToReply(int status, HeaderList headers) => Reply.Plain(status, headers, Written, this);

    public ValueTask DisposeAsync()
    {
        var bytes = Interlocked.Exchange(ref _bytes, []);
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
        return ValueTask.CompletedTask;
    }
}
