using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Sluice.Bedrock.EventStreams;

namespace Sluice.Bedrock.Replies.Forms;

/// <summary>Events as whole streams carry them: in frames of Bedrock's own by name, in frames as base64 chunks, or as server-sent events.</summary>
internal static class EventFraming
{
    private static ReadOnlySpan<byte> DoneLine => "data: [DONE]\n\n"u8;

    /// <exception cref="InvalidDataException">The stream has a broken frame or an error in it, or ends in the middle.</exception>
    public static List<FormEvent> ReadFrames(ReadOnlySpan<byte> stream)
    {
        var events = new List<FormEvent>();
        using var decoder = new EventStreamDecoder();
        using var chunk = new ChunkBytes();
        while (decoder.TryRead(ref stream, out var frame))
        {
            var json = frame.Payload;
            var isChunk = frame.EventType.SequenceEqual("chunk"u8);
            if (frame.Error is not EventStreamError.None || !frame.MessageType.SequenceEqual("event"u8) || (isChunk && !chunk.TryDecode(frame.Payload, out json)))
                throw new InvalidDataException("A frame is no event.");
            events.Add(new FormEvent(isChunk ? "" : Encoding.UTF8.GetString(frame.EventType), json.ToArray()));
        }
        return decoder.IsAtFrameBoundary ? events : throw new InvalidDataException("The stream ends within a frame.");
    }

    /// <summary>Frames that are named after their events.</summary>
    public static byte[] WriteFrames(IEnumerable<FormEvent> events)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        foreach (var e in events)
            EventStreamEncoder.WriteEvent(output, Encoding.UTF8.GetBytes(e.Name), e.Json);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Frames of InvokeModel, each with its event as base64.</summary>
    public static byte[] WriteChunks(IEnumerable<FormEvent> events)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        var payload = new ArrayBufferWriter<byte>(4096);
        foreach (var e in events)
        {
            payload.ResetWrittenCount();
            payload.Write("{\"bytes\":\""u8);
            Base64.EncodeToUtf8(e.Json, payload.GetSpan(Base64.GetMaxEncodedToUtf8Length(e.Json.Length)), out _, out var written);
            payload.Advance(written);
            payload.Write("\"}"u8);
            EventStreamEncoder.WriteEvent(output, "chunk"u8, payload.WrittenSpan);
        }
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The data of server-sent events (WHATWG HTML, section 9.2), which name themselves in it; OpenAI's end mark is none.</summary>
    public static List<FormEvent> ReadServerSent(ReadOnlySpan<byte> stream)
    {
        var events = new List<FormEvent>();
        var data = new ArrayBufferWriter<byte>();
        while (!stream.IsEmpty)
        {
            var end = stream.IndexOfAny((byte)'\n', (byte)'\r');
            var line = end < 0 ? stream : stream[..end];
            var isReturn = end >= 0 && stream[end] == '\r' && end + 1 < stream.Length && stream[end + 1] == '\n';
            stream = end < 0 ? [] : stream[(end + (isReturn ? 2 : 1))..];
            if (line.StartsWith("data:"u8))
            {
                if (data.WrittenCount > 0)
                    data.Write("\n"u8);
                data.Write(line.Length > 5 && line[5] == ' ' ? line[6..] : line[5..]);
            }
            else if (line.IsEmpty && data.WrittenCount > 0)
            {
                if (!data.WrittenSpan.SequenceEqual("[DONE]"u8))
                    events.Add(new FormEvent("", data.WrittenSpan.ToArray()));
                data.ResetWrittenCount();
            }
        }
        return data.WrittenCount == 0 ? events : throw new InvalidDataException("The stream ends within an event.");
    }

    /// <param name="events">A line break in their JSON is white space, and becomes a blank: here it would end the data.</param>
    /// <param name="endsWithMark">OpenAI ends its streams with a mark of its own.</param>
    public static byte[] WriteServerSent(IEnumerable<FormEvent> events, bool endsWithMark)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        foreach (var e in events)
        {
            if (e.Name.Length > 0)
                output.Write(Encoding.UTF8.GetBytes($"event: {e.Name}\n"));
            output.Write("data: "u8);
            var data = output.GetSpan(e.Json.Length)[..e.Json.Length];
            e.Json.CopyTo(data);
            data.Replace((byte)'\n', (byte)' ');
            data.Replace((byte)'\r', (byte)' ');
            output.Advance(data.Length);
            output.Write("\n\n"u8);
        }
        if (endsWithMark)
            output.Write(DoneLine);
        return output.WrittenSpan.ToArray();
    }
}
