using System.Buffers;
using System.Buffers.Binary;
using Sluice.Bedrock.Replies;

namespace Sluice.Gateway.Stages.Retrying;

/// <summary>
/// Reads a stream up to the end of its first event, before any of it reaches the caller. A stream that opens with an error
/// failed before any work, as one with an error status does, only later on the wire.
/// </summary>
internal static class FirstEvent
{
    /// <summary>Errors are short. A first event beyond this is none, and is not waited for.</summary>
    private const int MaxBytes = 16 * 1024;

    /// <summary>Whether a reply can open with an error that is readable here.</summary>
    public static bool IsReadable(Reply reply) => reply.IsSuccess && reply.Framing != ReplyFraming.Json && reply.Headers["Content-Encoding"] is null or "identity";

    /// <returns>The same reply, every byte still to come, and the name of the error that it opens with, or null.</returns>
    /// <exception cref="Upstreams.UpstreamException">It broke off before.</exception>
    public static async ValueTask<(Reply Reply, string? Error)> ReadAsync(Reply reply, InvocationRequest request)
    {
        var frames = reply.Frames.GetAsyncEnumerator(CancellationToken.None);
        try
        {
            var head = new ArrayBufferWriter<byte>();
            while (await frames.MoveNextAsync())
            {
                // Usually the first event is here at once, and nothing is copied.
                var read = frames.Current;
                if (head.WrittenCount > 0)
                {
                    head.Write(read.Span);
                    read = head.WrittenMemory;
                }
                if (LengthOf(reply.Framing, read.Span) is { } length)
                    return (Opened(reply, read, frames), ErrorIn(read.Span[..length], reply, request));
                if (head.WrittenCount == 0)
                    head.Write(read.Span);
            }
            return (Opened(reply, head.WrittenMemory, frames), null);
        }
        catch
        {
            await frames.DisposeAsync();
            throw;
        }
    }

    private static Reply Opened(Reply reply, ReadOnlyMemory<byte> head, IAsyncEnumerator<ReadOnlyMemory<byte>> rest) =>
        new(reply.Status, reply.Headers, AllAsync(head, rest), new Begun(reply, rest));

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> AllAsync(ReadOnlyMemory<byte> head, IAsyncEnumerator<ReadOnlyMemory<byte>> rest)
    {
        await using (rest)
        {
            if (!head.IsEmpty)
                yield return head;
            while (await rest.MoveNextAsync())
                yield return rest.Current;
        }
    }

    /// <summary>The length of the first event, 0 for one that can't be an error, or null where more has to come to tell.</summary>
    private static int? LengthOf(ReplyFraming framing, ReadOnlySpan<byte> read)
    {
        if (framing == ReplyFraming.EventStream)
        {
            if (read.Length < sizeof(uint))
                return null;
            var total = BinaryPrimitives.ReadUInt32BigEndian(read);
            return total > MaxBytes ? 0 : read.Length >= total ? (int)total : null;
        }
        var end = BlankLine(read);
        return end >= 0 ? end : read.Length > MaxBytes ? 0 : null;
    }

    /// <summary>Where the first blank line ends, or -1. Lines end in any of the three ways that the format allows.</summary>
    private static int BlankLine(ReadOnlySpan<byte> read)
    {
        var isLineEmpty = false;
        for (var i = 0; i < read.Length; i++)
        {
            if (read[i] is not ((byte)'\r' or (byte)'\n'))
            {
                isLineEmpty = false;
                continue;
            }
            if (read[i] == '\r' && i + 1 < read.Length && read[i + 1] == '\n')
                i++;
            if (isLineEmpty)
                return i + 1;
            isLineEmpty = true;
        }
        return -1;
    }

    private static string? ErrorIn(ReadOnlySpan<byte> first, Reply reply, InvocationRequest request)
    {
        if (!(reply.Framing == ReplyFraming.EventStream
            ? first.IndexOf(":exception-type"u8) >= 0 || first.IndexOf(":error-code"u8) >= 0
            : first.IndexOf("error"u8) >= 0))
            return null;
        using var meter = ReplyMeter.Create(request.Operation, request.Facts.Dialect, reply.Framing, request.Facts);
        meter.Append(first);
        return meter.Finish(reply.Headers.First).Error;
    }

    /// <summary>A reply whose frames have begun, so that they too have to be given up with it.</summary>
    private sealed class Begun(Reply reply, IAsyncEnumerator<ReadOnlyMemory<byte>> frames) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await frames.DisposeAsync();
            await reply.DisposeAsync();
        }
    }
}
