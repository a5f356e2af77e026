using Sluice.Gateway;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Keys;
using Sluice.Gateway.Stages.Identifying;

namespace Sluice.Api;

/// <summary>Who asks the HTTP API.</summary>
/// <param name="KeyId">Null for a caller on loopback who needs no key.</param>
internal sealed record ApiCaller(string? KeyId, bool IsAdmin);

/// <summary>
/// Who may ask the HTTP API: holders of a key made with --admin, and, where calls need no key either, anyone on this
/// machine's loopback. Feedback is taken from the holder of any key.
/// </summary>
internal sealed class ApiAccess(KeyRing keys, GatewaySnapshots snapshots)
{
    public bool IsAllowed(HttpContext context) => CallerOf(context) is { IsAdmin: true };

    /// <summary>Null for a key that is unknown or revoked, and for a caller who needs one and has none.</summary>
    public ApiCaller? CallerOf(HttpContext context)
    {
        var presented = context.Request.Headers.Authorization.ToString();
        if (presented.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            presented = presented["Bearer ".Length..].Trim();
        else if (context.Request.Headers["x-api-key"].ToString() is { Length: > 0 } apiKey)
            presented = apiKey;
        if (presented.Length > 0)
            return keys.KeyOfToken(presented) is { RevokedAt: null } key ? new ApiCaller(key.KeyId, key.Admin) : null;
        var gateway = snapshots.Current;
        return gateway.Auth != AuthMode.Required && CallerOrigin.Of(context, gateway.Hosts) is { IsLocal: true, Objection: null } ? new ApiCaller(null, IsAdmin: true) : null;
    }
}
