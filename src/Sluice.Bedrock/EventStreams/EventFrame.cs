using System.Buffers.Binary;

namespace Sluice.Bedrock.EventStreams;

/// <summary>
/// One frame as a view of the bytes that were read, valid until the decoder's next call. A frame with an
/// <see cref="Error"/> has neither headers nor payload, so that what is corrupt can't be taken for content.
/// </summary>
public readonly ref struct EventFrame
{
    private EventFrame(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        Bytes = bytes;
        Headers = new EventHeaders(headers);
        Payload = payload;
    }

    private EventFrame(ReadOnlySpan<byte> bytes, EventStreamError error)
    {
        Bytes = bytes;
        Error = error;
    }

    public EventStreamError Error { get; }

    /// <summary>The whole frame as it came, corrupt or not; empty where it was too long to keep.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    public EventHeaders Headers { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary><c>event</c>, <c>exception</c> or <c>error</c>; this and the following are empty where absent.</summary>
    public ReadOnlySpan<byte> MessageType => Headers.GetText(":message-type"u8);

    /// <summary>The union member that the payload is: <c>contentBlockDelta</c>, <c>metadata</c>, <c>chunk</c>.</summary>
    public ReadOnlySpan<byte> EventType => Headers.GetText(":event-type"u8);

    /// <summary>The union member of a modelled error: <c>throttlingException</c>.</summary>
    public ReadOnlySpan<byte> ExceptionType => Headers.GetText(":exception-type"u8);

    /// <summary>The code of an error that the service's model doesn't know.</summary>
    public ReadOnlySpan<byte> ErrorCode => Headers.GetText(":error-code"u8);

    public ReadOnlySpan<byte> ErrorMessage => Headers.GetText(":error-message"u8);

    /// <summary>Reads a frame whose prelude was checked and whose bytes are all there.</summary>
    internal static EventFrame Read(ReadOnlySpan<byte> bytes)
    {
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes[^4..]) != Core.Crc32.Compute(bytes[..^4]))
            return new EventFrame(bytes, EventStreamError.MessageChecksum);
        var headersLength = (int)BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        var headers = bytes.Slice(EventStreamLimits.PreludeBytes, headersLength);
        return EventHeaders.AreWellFormed(headers)
            ? new EventFrame(bytes, headers, bytes[(EventStreamLimits.PreludeBytes + headersLength)..^4])
            : new EventFrame(bytes, EventStreamError.BadHeader);
    }

    internal static EventFrame TooLong(EventStreamError error) => new([], error);
}
