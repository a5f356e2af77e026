namespace Sluice.Bedrock.Replies;

/// <summary>How the documents of a reply follow one another.</summary>
public enum ReplyFraming
{
    /// <summary>The whole reply is one JSON value.</summary>
    Json,

    /// <summary>Frames of <c>application/vnd.amazon.eventstream</c>.</summary>
    EventStream,

    /// <summary>Events of <c>text/event-stream</c>.</summary>
    ServerSentEvents,
}

/// <summary>The framing by the reply's own word.</summary>
public static class ReplyFramings
{
    /// <summary>By the value of <c>Content-Type</c>, parameters and all; anything but the two kinds of stream is taken for JSON.</summary>
    public static ReplyFraming Of(string? contentType)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        if (type.Equals("application/vnd.amazon.eventstream", StringComparison.OrdinalIgnoreCase))
            return ReplyFraming.EventStream;
        return type.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase) ? ReplyFraming.ServerSentEvents : ReplyFraming.Json;
    }
}
