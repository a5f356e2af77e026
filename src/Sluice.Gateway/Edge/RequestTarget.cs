using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.Gateway.Edge;

/// <summary>
/// Path and query of a request exactly as on the wire, percent-encoding included: signatures are computed over them. There is no
/// target that begins with anything but a slash, so none can name a host, whatever it is appended to.
/// </summary>
public sealed record RequestTarget
{
    /// <summary>What a target may consist of: all visible ASCII but <c>#</c>, which ends a path, and <c>\</c>, which some read as a slash.</summary>
    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "!\"$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    private readonly int _pathLength;

    private RequestTarget(string text)
    {
        Text = text;
        _pathLength = text.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? query : text.Length;
    }

    public string Text { get; }

    public ReadOnlySpan<char> Path => Text.AsSpan(0, _pathLength);

    /// <summary>Without its question mark; empty where there is none.</summary>
    public ReadOnlySpan<char> Query => _pathLength < Text.Length ? Text.AsSpan(_pathLength + 1) : default;

    /// <summary>For paths of Sluice's own making.</summary>
    /// <exception cref="ArgumentException">It is not a path that begins with a slash.</exception>
    public static RequestTarget Of(string text) => TryParse(text, out var target, out var mistake) ? target : throw new ArgumentException(mistake, nameof(text));

    /// <summary>
    /// Takes the origin form, and the absolute form for its path and query alone (RFC 9112 section 3.2.2 asks servers to accept it).
    /// Every other form names a host or nothing.
    /// </summary>
    public static bool TryParse(string raw, [NotNullWhen(true)] out RequestTarget? target, [NotNullWhen(false)] out string? mistake)
    {
        target = null;
        if (OriginForm(raw) is not { } text)
            mistake = "The request target must be a path that begins with '/'.";
        else if (text.AsSpan().ContainsAnyExcept(Allowed))
            mistake = "The request target holds a character that must be percent-encoded.";
        else if (IsAmbiguous(text))
            mistake = "The path holds a control character, a backslash or a segment '.' or '..', plain or percent-encoded; send the path that is meant.";
        else
            (target, mistake) = (new RequestTarget(text), null);
        return target is not null;
    }

    public override string ToString() => Text;

    private static string? OriginForm(string raw)
    {
        if (raw.StartsWith('/'))
            return raw;
        var authority = raw.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? "http://".Length
            : raw.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? "https://".Length
            : -1;
        if (authority < 0)
            return null;
        var end = raw.AsSpan(authority).IndexOfAny('/', '?');
        if (end < 0)
            return raw.Length > authority ? "/" : null;
        var rest = raw[(authority + end)..];
        return end == 0 ? null : rest[0] == '/' ? rest : "/" + rest;
    }

    /// <summary>Whether servers on the way could take the path for another one than Sluice does.</summary>
    private static bool IsAmbiguous(string text)
    {
        var path = text.AsSpan();
        if (path.IndexOf('?') is >= 0 and var query)
            path = path[..query];
        if (!path.Contains('%'))
            return HasDotSegment(path);
        var decoded = Uri.UnescapeDataString(path);
        foreach (var character in decoded)
        {
            if (char.IsControl(character) || character is '\\' or '\u2028' or '\u2029')
                return true;
        }
        return HasDotSegment(decoded);
    }

    private static bool HasDotSegment(ReadOnlySpan<char> path)
    {
        foreach (var segment in path.Split('/'))
        {
            if (path[segment] is "." or "..")
                return true;
        }
        return false;
    }
}
