namespace Sluice.Bedrock.EventStreams;

/// <summary>Sizes of <c>application/vnd.amazon.eventstream</c>; the two limits are those that botocore enforces.</summary>
public static class EventStreamLimits
{
    public const int MaxHeadersBytes = 128 * 1024;
    public const int MaxPayloadBytes = 24 * 1024 * 1024;

    /// <summary>Total length, headers length, and the checksum of those two.</summary>
    internal const int PreludeBytes = 12;

    /// <summary>All of a frame that is neither header nor payload: the prelude and the closing checksum.</summary>
    internal const int OverheadBytes = PreludeBytes + sizeof(uint);
}
