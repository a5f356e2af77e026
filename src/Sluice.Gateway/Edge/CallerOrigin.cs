using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace Sluice.Gateway.Edge;

/// <summary>
/// Where a request comes from, as far as its connection and headers tell. A request without a key is let in because of it, so a web
/// page that a browser on this machine has open may not pass for a program on this machine.
/// </summary>
/// <param name="IsLocal">Both ends of the connection are on this machine's loopback, and no proxy says that it forwards for somebody.</param>
/// <param name="Objection">Why the request must present a key, however local it is; null where nothing speaks against it.</param>
public readonly record struct CallerOrigin(bool IsLocal, string? Objection = null)
{
    private static readonly ImmutableArray<string> ForwardedFields = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"];

    public static CallerOrigin Local { get; } = new(IsLocal: true);

    /// <param name="hosts">Further names by which local programs may call the gateway.</param>
    public static CallerOrigin Of(HttpContext context, ImmutableArray<string> hosts)
    {
        var headers = context.Request.Headers;
        var isLoopback = IsLoopback(context.Connection);
        var objection = Foreign([.. headers.Origin], headers["Sec-Fetch-Site"], headers.Host.ToString()) ?? (isLoopback ? Unnamed(headers.Host.ToString(), hosts) : null);
        return new CallerOrigin(isLoopback && !ForwardedFields.Any(headers.ContainsKey), objection);
    }

    /// <summary>
    /// No SDK sends these fields; browsers do, on every request that a page can make to another origin and change anything by. A page of
    /// Sluice's own is of the same origin.
    /// </summary>
    internal static string? Foreign(string?[] origins, string? site, string host) => origins switch
    {
        [] when string.IsNullOrEmpty(site) || site is "none" or "same-origin" => null,
        [] => "Its Sec-Fetch-Site says that a page of another site sent it.",
        [{ } one] when IsOriginOf(one, host) && (string.IsNullOrEmpty(site) || site is "same-origin") => null,
        _ => "Its Origin is another than this gateway's: a web page sent it.",
    };

    /// <summary>A name that leads to loopback is only known to be meant for it where it can be no other's (DNS rebinding).</summary>
    internal static string? Unnamed(string host, ImmutableArray<string> hosts)
    {
        var name = NameOf(host);
        // Every browser names the host; what names none is an HTTP/1.0 client.
        return host.Length == 0 || name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address)) || hosts.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? null
            : "Its Host is not a name of this machine's loopback; call the gateway as http://127.0.0.1 or http://localhost, or add the name to 'hosts' in the configuration.";
    }

    private static bool IsLoopback(ConnectionInfo connection) =>
        connection.RemoteIpAddress is null || (IPAddress.IsLoopback(connection.RemoteIpAddress) && connection.LocalIpAddress is { } local && IPAddress.IsLoopback(local));

    private static bool IsOriginOf(string origin, string host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        && (host.Equals(uri.Authority, StringComparison.OrdinalIgnoreCase) || host.Equals($"{uri.Host}:{uri.Port}", StringComparison.OrdinalIgnoreCase));

    /// <summary>A Host without its port, and an IPv6 address without its brackets.</summary>
    private static string NameOf(string host)
    {
        if (host.StartsWith('['))
            return host.IndexOf(']') is > 0 and var end ? host[1..end] : "";
        var colon = host.IndexOf(':', StringComparison.Ordinal);
        return (colon < 0 ? host : host[..colon]).TrimEnd('.');
    }
}
