namespace Sluice.Configuration;

/// <summary>
/// The URL of an upstream: scheme, host, port and perhaps a path. A user name, a password or a query would stand in every log
/// line and error that names the upstream, so they are refused, and never repeated.
/// </summary>
internal static class UpstreamAddress
{
    /// <summary>Null for what is no URL that an upstream can have; <see cref="Objection"/> says why.</summary>
    public static Uri? Read(string text) => Parse(text) is { } uri && IsPlain(uri, text) ? uri : null;

    /// <summary>What is wrong with a text that <see cref="Read"/> does not take, to follow the name of the setting.</summary>
    public static string Objection(string text, string expected = "a URL such as https://host:port") =>
        Parse(text) is { } uri && !IsPlain(uri, text) ? "holds a user name, password, query or fragment; give the URL without it, and say with 'authorization' how the upstream is called"
        : HasSecret(text) ? $"is no URL; it must be {expected}"
        : $"is '{text}'; it must be {expected}";

    private static Uri? Parse(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;

    private static bool IsPlain(Uri uri, string text) => uri.UserInfo.Length == 0 && !HasSecret(text);

    private static bool HasSecret(string text) => text.AsSpan().IndexOfAny("@?#") >= 0;
}
