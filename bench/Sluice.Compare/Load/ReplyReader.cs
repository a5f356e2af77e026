using System.Net.Sockets;
using System.Text;

namespace Sluice.Compare.Load;

/// <summary>
/// Reads replies of HTTP/1.1 off one connection and holds each body against the bytes that the upstream has, chunked or
/// with a length. It knows just as much of HTTP as the servers that are measured send.
/// </summary>
internal sealed class ReplyReader(Socket socket)
{
    private readonly byte[] _buffer = new byte[128 * 1024];
    private int _start;
    private int _end;

    private ReadOnlySpan<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Reads one whole reply.</summary>
    /// <param name="expectedBody">What the body has to be.</param>
    /// <param name="firstByteAt">Timestamp at which the first byte of the body was here.</param>
    /// <returns>The head of the reply, valid until the next call.</returns>
    /// <exception cref="InvalidDataException">The status is not 200, or the body is another.</exception>
    public void Read(ReadOnlySpan<byte> expectedBody, out long firstByteAt, ref string? head)
    {
        int headLength;
        while ((headLength = Unread.IndexOf("\r\n\r\n"u8)) < 0)
            Receive();
        var headBytes = _buffer.AsSpan(_start, headLength + 2);
        head ??= Encoding.ASCII.GetString(headBytes);
        if (!headBytes.StartsWith("HTTP/1.1 200"u8))
            throw new InvalidDataException($"The reply is not 200:\n{Encoding.UTF8.GetString(Unread)}");
        var length = ContentLength(headBytes);
        _start += headLength + 4;

        if (_start == _end)
            Receive();
        firstByteAt = System.Diagnostics.Stopwatch.GetTimestamp();
        if (length >= 0)
            expectedBody = Take(length, expectedBody);
        else
            expectedBody = TakeChunks(expectedBody);
        if (!expectedBody.IsEmpty)
            throw new InvalidDataException($"The reply is {expectedBody.Length} bytes short.");
    }

    private ReadOnlySpan<byte> TakeChunks(ReadOnlySpan<byte> expected)
    {
        while (true)
        {
            var size = ChunkSize();
            expected = Take(size, expected);
            while (Unread.Length < 2)
                Receive();
            _start += 2;
            if (size == 0)
                return expected;
        }
    }

    private int ChunkSize()
    {
        int lineLength;
        while ((lineLength = Unread.IndexOf("\r\n"u8)) < 0)
            Receive();
        if (!System.Buffers.Text.Utf8Parser.TryParse(Unread[..lineLength], out int size, out _, 'x'))
            throw new InvalidDataException($"Not the size of a chunk: {Encoding.ASCII.GetString(Unread[..lineLength])}");
        _start += lineLength + 2;
        return size;
    }

    /// <summary>Takes that many bytes of body; they have to be those at the front of <paramref name="expected"/>. Returns the rest of it.</summary>
    private ReadOnlySpan<byte> Take(int count, ReadOnlySpan<byte> expected)
    {
        while (count > 0)
        {
            if (_start == _end)
                Receive();
            var here = Unread[..Math.Min(count, Unread.Length)];
            if (!expected.StartsWith(here))
                throw new InvalidDataException("The reply is not, byte for byte, what the upstream has.");
            expected = expected[here.Length..];
            count -= here.Length;
            _start += here.Length;
        }
        return expected;
    }

    private void Receive()
    {
        if (_start == _end)
            _start = _end = 0;
        else if (_end == _buffer.Length)
        {
            Unread.CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        var received = socket.Receive(_buffer.AsSpan(_end), SocketFlags.None);
        if (received == 0)
            throw new InvalidDataException("The server closed the connection within a reply.");
        _end += received;
    }

    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        while (true)
        {
            var end = head.IndexOf("\r\n"u8);
            var line = head[..end];
            if (line.Length > 15 && Ascii.EqualsIgnoreCase(line[..15], "content-length:"u8)
                && System.Buffers.Text.Utf8Parser.TryParse(line[15..].TrimStart((byte)' '), out int length, out _))
            {
                return length;
            }
            head = head[(end + 2)..];
            if (head.IsEmpty)
                return -1;
        }
    }
}
