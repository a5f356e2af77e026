using System.Collections.Immutable;

namespace Sluice.Gateway.Edge;

/// <summary>The paths that Sluice answers itself, for every method. Bedrock has none of them, and none ever leaves for an upstream.</summary>
public static class ReservedPaths
{
    public static ImmutableArray<string> Exact { get; } = ["/", "/favicon.ico", "/robots.txt", "/metrics", "/healthz", "/readyz"];

    /// <summary>These, and all that lies below them.</summary>
    public static ImmutableArray<string> Prefixes { get; } = ["/api", "/ui", "/mcp", "/debug"];

    /// <summary>Whether a path is Sluice's own, however it is escaped, in whatever case, and with however many slashes.</summary>
    public static bool Includes(ReadOnlySpan<char> path)
    {
        var plain = Plain(path);
        foreach (var exact in Exact)
        {
            if (plain.Equals(exact, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        foreach (var prefix in Prefixes)
        {
            if (plain.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && (plain.Length == prefix.Length || plain[prefix.Length] == '/'))
                return true;
        }
        return false;
    }

    private static ReadOnlySpan<char> Plain(ReadOnlySpan<char> path)
    {
        if (path.Contains('%'))
            path = Uri.UnescapeDataString(path);
        var from = 0;
        while (from + 1 < path.Length && path[from] == '/' && path[from + 1] == '/')
            from++;
        path = path[from..];
        return path.Length > 1 ? path.TrimEnd('/') is { IsEmpty: false } trimmed ? trimmed : "/" : path;
    }
}
