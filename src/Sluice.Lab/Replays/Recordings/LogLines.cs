using System.Buffers;
using System.IO.Pipelines;
using Sluice.Lab.Replays.Traces;

namespace Sluice.Lab.Replays.Recordings;

/// <summary>The lines of a log as bytes, gzip or plain, one at a time. gzip is told by its first two bytes, whatever the file is called.</summary>
public static class LogLines
{
    private const int FirstBufferBytes = 128 * 1024;

    /// <summary>A line has two bodies, of which AWS takes at most 25 MB each.</summary>
    private const int MaxLineBytes = 256 * 1024 * 1024;

    /// <summary>Reads the lines that are not empty.</summary>
    /// <param name="stream">It is closed at the end.</param>
    /// <param name="file">Its name, for errors.</param>
    /// <exception cref="TraceException">The compression is damaged or cut off, or a line has no end.</exception>
    public static IEnumerable<(long Number, ReadOnlyMemory<byte> Line)> Read(Stream stream, string file)
    {
        using var text = Unpack(stream);
        var buffer = new byte[FirstBufferBytes];
        var (held, number) = (0, 0L);
        while (true)
        {
            var read = Fill(text, buffer.AsSpan(held), file, number + 1);
            var end = held + read;
            var from = 0;
            for (int feed; (feed = buffer.AsSpan(from, end - from).IndexOf((byte)'\n')) >= 0; from += feed + 1)
            {
                number++;
                if (Trimmed(buffer.AsSpan(from, feed)) is { Length: > 0 } line)
                    yield return (number, line);
            }
            held = end - from;
            if (read == 0)
            {
                if (Trimmed(buffer.AsSpan(from, held)) is { Length: > 0 } last)
                    yield return (number + 1, last);
                yield break;
            }
            if (from > 0)
                Array.Copy(buffer, from, buffer, 0, held);
            if (held == buffer.Length)
                Array.Resize(ref buffer, held < MaxLineBytes ? held * 2 : throw new TraceException(file, number + 1, $"the line is longer than {MaxLineBytes / (1024 * 1024)} MB; a log has one call a line"));
        }
    }

    /// <summary>Reads all of a stream that holds one document.</summary>
    /// <exception cref="TraceException">The compression is damaged or cut off.</exception>
    public static byte[] ReadWhole(Stream stream, string file)
    {
        using var text = Unpack(stream);
        using var whole = new MemoryStream();
        var buffer = new byte[FirstBufferBytes];
        for (int read; (read = Fill(text, buffer, file, 1)) > 0;)
            whole.Write(buffer, 0, read);
        return whole.ToArray();
    }

    private static Stream Unpack(Stream stream)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: FirstBufferBytes));
        var start = reader.ReadAtLeastAsync(2).AsTask().GetAwaiter().GetResult().Buffer;
        Span<byte> magic = stackalloc byte[2];
        start.Slice(0, Math.Min(2, start.Length)).CopyTo(magic);
        var isGzip = start.Length >= 2 && magic is [0x1f, 0x8b];
        reader.AdvanceTo(start.Start);
        return isGzip ? new GzipText(reader.AsStream()) : reader.AsStream();
    }

    private static int Fill(Stream text, Span<byte> room, string file, long line)
    {
        try
        {
            return text.Read(room);
        }
        catch (InvalidDataException e)
        {
            throw new TraceException(file, line, "the compressed file is damaged or cut off from here on; fetch it again, or leave it out", e);
        }
    }

    private static byte[] Trimmed(ReadOnlySpan<byte> line) => line.Trim(" \t\r"u8).ToArray();
}
