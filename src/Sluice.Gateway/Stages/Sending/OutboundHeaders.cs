using System.Collections.Frozen;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Stages.Sending;

/// <summary>Which header fields travel on, and how they become an HTTP message.</summary>
internal static class OutboundHeaders
{
    /// <summary>Fields of the connection rather than of the message (RFC 9110 section 7.6.1).</summary>
    private static readonly FrozenSet<string> ConnectionFields = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade");

    /// <summary>Everything the caller sent but the connection's fields, Sluice's own, and a credential that is Sluice's.</summary>
    public static HeaderList From(Invocation invocation)
    {
        var headers = new HeaderList(invocation.Request.Headers.Count + 4);
        foreach (var (name, value) in invocation.Request.Headers)
        {
            if (!BelongsToTheConnection(name) && !IsOurs(name) && !name.Equals("Host", StringComparison.OrdinalIgnoreCase)
                && !name.Equals("Expect", StringComparison.OrdinalIgnoreCase))
                headers.Add(name, value);
        }
        if (invocation.Caller.PresentedSluiceKey)
            CallerCredentials.Strip(headers);
        // AWS's own name for "one call through all its retries"; it ties the upstream's log to our ledger.
        if (headers["amz-sdk-invocation-id"] is null)
            headers.Add("amz-sdk-invocation-id", invocation.Id);
        return headers;
    }

    public static bool BelongsToTheConnection(string name) => ConnectionFields.Contains(name);

    public static bool IsOurs(string name) => name.StartsWith("x-sluice-", StringComparison.OrdinalIgnoreCase);
}
