using System.Net.Sockets;
using System.Security.Authentication;
using Sluice.Gateway.Errors;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Stages.Sending;

/// <summary>A send that ended in an exception: whose fault it was, and whether the upstream can have got anything to bill.</summary>
/// <param name="Exception">What the stages before are told.</param>
/// <param name="Error">The name in the ledger.</param>
/// <param name="NothingLeft">No request can have reached the upstream, so the attempt costs nothing.</param>
internal sealed record SendFailure(Exception Exception, string Error, bool NothingLeft)
{
    /// <summary>What the client throws when it meets the network.</summary>
    public static bool IsOfTheNetwork(Exception e) => e is HttpRequestException or OperationCanceledException or IOException;

    /// <param name="upstream">Where it was sent to.</param>
    /// <param name="cause">What was thrown.</param>
    /// <param name="hasNotLeft">Known from the body: it had not begun to leave.</param>
    public static SendFailure Of(Upstream upstream, Exception cause, bool hasNotLeft)
    {
        if (IsBeforeTheConnection(cause))
            return Of(Unreachable(upstream, cause), nothingLeft: true);
        if (cause is OperationCanceledException)
            return Of(TimedOut(upstream, cause), hasNotLeft);
        if (!hasNotLeft)
            return Of(Lost(upstream, cause), nothingLeft: false);
        if (IsOfAConnection(cause))
            return Of(Unreachable(upstream, cause), nothingLeft: true);
        var fault = OutboundRequest.Unsendable($"The request can't be sent on: {cause.Message}");
        return new SendFailure(fault, fault.Error, NothingLeft: true);
    }

    /// <summary>A reply that broke off. Its request was sent.</summary>
    public static UpstreamException InReply(Upstream upstream, Exception cause) =>
        cause is OperationCanceledException ? TimedOut(upstream, cause) : Lost(upstream, cause);

    private static SendFailure Of(UpstreamException exception, bool nothingLeft) => new(exception, exception.Error, nothingLeft);

    private static bool IsBeforeTheConnection(Exception cause) => cause is
        // The client has no time limit of its own but that for connecting.
        OperationCanceledException { InnerException: TimeoutException }
        or HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError
        };

    /// <summary>A connection that was there failed, rather than the client's own work on the request.</summary>
    private static bool IsOfAConnection(Exception cause) => cause is IOException or SocketException or AuthenticationException
        || cause is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown }
        || (cause.InnerException is { } inner && IsOfAConnection(inner));

    private static UpstreamException Unreachable(Upstream upstream, Exception cause) => Make(upstream, cause, UpstreamFailureKind.Unreachable,
        cause is OperationCanceledException
            ? "can't be reached within its connect_limit; check its address and this machine's network"
            : $"can't be reached ({cause.Message}); check its address and this machine's network");

    private static UpstreamException TimedOut(Upstream upstream, Exception cause) =>
        Make(upstream, cause, UpstreamFailureKind.TimedOut, "sent nothing within the time limit; raise its idle_limit if answers may take longer");

    private static UpstreamException Lost(Upstream upstream, Exception cause) =>
        Make(upstream, cause, UpstreamFailureKind.ConnectionLost, $"closed the connection ({cause.Message}); the call may be tried again");

    private static UpstreamException Make(Upstream upstream, Exception cause, UpstreamFailureKind kind, string what) =>
        new(kind, $"The upstream '{upstream.Name}' ({upstream.Origin}) {what}.", cause);
}
