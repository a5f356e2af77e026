namespace Sluice.Gateway.Upstreams;

/// <summary>How a request failed below HTTP, by what the upstream may have seen of it.</summary>
public enum UpstreamFailureKind
{
    /// <summary>No connection: the upstream saw nothing, and bills nothing.</summary>
    Unreachable,

    /// <summary>The connection broke after the request began to leave: whether the upstream bills it is not known.</summary>
    ConnectionLost,

    /// <summary>No reply within the idle limit, or none before the drain limit of a caller who left.</summary>
    TimedOut,

    /// <summary>Our own credentials for the upstream could not be had; nothing was sent.</summary>
    NoCredentials,

    /// <summary>A reply came that is no HTTP which could be passed on.</summary>
    InvalidReply,
}

/// <summary>A request that got no HTTP reply. The message names the upstream, the cause and the fix.</summary>
public sealed class UpstreamException(UpstreamFailureKind kind, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    public UpstreamFailureKind Kind { get; } = kind;

    /// <summary>The name under which the ledger records it.</summary>
    public string Error => Kind switch
    {
        UpstreamFailureKind.Unreachable => "unreachable",
        UpstreamFailureKind.ConnectionLost => "connection_lost",
        UpstreamFailureKind.TimedOut => "timed_out",
        UpstreamFailureKind.InvalidReply => "invalid_reply",
        _ => "no_credentials",
    };
}
