using System.Buffers;
using System.Buffers.Binary;
using static Sluice.Bedrock.EventStreams.EventStreamLimits;

namespace Sluice.Bedrock.EventStreams;

/// <summary>Writes frames. Each is laid down once, in the output's own memory.</summary>
public static class EventStreamEncoder
{
    /// <summary>Writes a frame from headers that are encoded already.</summary>
    /// <exception cref="ArgumentException">Headers or payload are longer than <see cref="EventStreamLimits"/> allows.</exception>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload) =>
        WriteFrame(output, headers, [], [], payload);

    /// <summary>Writes an event with a JSON payload, its headers in the order that Bedrock sends them.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="eventType">The union member: <c>contentBlockDelta</c>, <c>chunk</c>; 1 to 255 bytes.</param>
    /// <param name="payload">JSON.</param>
    public static void WriteEvent(IBufferWriter<byte> output, ReadOnlySpan<byte> eventType, ReadOnlySpan<byte> payload) =>
        WriteFrame(output, "\u000b:event-type\u0007"u8, eventType,
            "\u000d:content-type\u0007\u0000\u0010application/json\u000d:message-type\u0007\u0000\u0005event"u8, payload);

    /// <summary>Writes an error that the service's model knows.</summary>
    /// <param name="output">Where the frame goes.</param>
    /// <param name="exceptionType">The union member: <c>throttlingException</c>; 1 to 255 bytes.</param>
    /// <param name="payload">JSON, as a rule <c>{"message":"..."}</c>.</param>
    public static void WriteException(IBufferWriter<byte> output, ReadOnlySpan<byte> exceptionType, ReadOnlySpan<byte> payload) =>
        WriteFrame(output, "\u000f:exception-type\u0007"u8, exceptionType,
            "\u000d:content-type\u0007\u0000\u0010application/json\u000d:message-type\u0007\u0000\u0009exception"u8, payload);

    /// <summary>
    /// Lays down a frame whose headers are <paramref name="before"/>, the text <paramref name="value"/> with its length in
    /// front, and <paramref name="after"/>; without <paramref name="value"/>, just the other two.
    /// </summary>
    private static void WriteFrame(
        IBufferWriter<byte> output, ReadOnlySpan<byte> before, ReadOnlySpan<byte> value, ReadOnlySpan<byte> after, ReadOnlySpan<byte> payload)
    {
        if (value.Length > byte.MaxValue)
            throw new ArgumentException($"The type of the event takes {value.Length} bytes; at most 255 make sense.", nameof(value));
        var headersLength = before.Length + (value.IsEmpty ? 0 : sizeof(ushort) + value.Length) + after.Length;
        if (headersLength > MaxHeadersBytes)
            throw new ArgumentException($"The headers take {headersLength} bytes; a frame holds at most {MaxHeadersBytes}.", nameof(before));
        if (payload.Length > MaxPayloadBytes)
            throw new ArgumentException($"The payload takes {payload.Length} bytes; a frame holds at most {MaxPayloadBytes}.", nameof(payload));

        var total = OverheadBytes + headersLength + payload.Length;
        var frame = output.GetSpan(total)[..total];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)total);
        BinaryPrimitives.WriteUInt32BigEndian(frame[4..], (uint)headersLength);
        BinaryPrimitives.WriteUInt32BigEndian(frame[8..], Core.Crc32.Compute(frame[..8]));
        var rest = frame[PreludeBytes..];
        before.CopyTo(rest);
        rest = rest[before.Length..];
        if (!value.IsEmpty)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)value.Length);
            value.CopyTo(rest[2..]);
            rest = rest[(2 + value.Length)..];
        }
        after.CopyTo(rest);
        payload.CopyTo(rest[after.Length..]);
        BinaryPrimitives.WriteUInt32BigEndian(frame[^4..], Core.Crc32.Compute(frame[..^4]));
        output.Advance(total);
    }
}
