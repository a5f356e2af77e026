namespace Sluice.Bedrock.EventStreams;

/// <summary>What is wrong with a frame, or with the stream as a whole.</summary>
public enum EventStreamError
{
    None,
    /// <summary>The first eight bytes don't match their checksum. Where the next frame begins is unknown: decoding ends.</summary>
    PreludeChecksum,
    /// <summary>The lengths contradict each other although their checksum is right. Decoding ends.</summary>
    FrameLength,
    /// <summary>The frame doesn't match its checksum. It is skipped and decoding goes on.</summary>
    MessageChecksum,
    /// <summary>The headers are longer than <see cref="EventStreamLimits.MaxHeadersBytes"/>. The frame is skipped.</summary>
    HeadersTooLong,
    /// <summary>The payload is longer than <see cref="EventStreamLimits.MaxPayloadBytes"/>. The frame is skipped.</summary>
    PayloadTooLong,
    /// <summary>A header has no name, an unknown type, or reaches past the end of the headers. The frame is skipped.</summary>
    BadHeader,
}
