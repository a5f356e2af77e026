using Sluice.Gateway.Keys;
using Sluice.Gateway.Stages.Identifying;

namespace Sluice.Api;

/// <summary>
/// Who may ask the HTTP API: holders of a key made with --admin, and, where calls need no key either, anyone on this
/// machine's loopback.
/// </summary>
internal sealed class ApiAccess(KeyRing keys, AuthMode? mode)
{
    public bool IsAllowed(HttpContext context)
    {
        var presented = context.Request.Headers.Authorization.ToString();
        if (presented.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            presented = presented["Bearer ".Length..].Trim();
        else if (context.Request.Headers["x-api-key"].ToString() is { Length: > 0 } apiKey)
            presented = apiKey;
        if (presented.Length > 0)
            return keys.KeyOfToken(presented) is { Admin: true, RevokedAt: null };
        return mode != AuthMode.Required && IsLoopback(context.Connection);
    }

    private static bool IsLoopback(ConnectionInfo connection) =>
        connection.RemoteIpAddress is { } remote && System.Net.IPAddress.IsLoopback(remote)
        && connection.LocalIpAddress is { } local && System.Net.IPAddress.IsLoopback(local);
}
