namespace Sluice.Core;

/// <summary>
/// Which tag a name means. Bills put who set a tag before its name (<c>user:team</c>, <c>resource_tags/user_team</c>, <c>iamPrincipal/team</c>) and
/// change its case and its marks (<c>cost-center</c> is <c>cost_center</c> in a CUR), so names are compared by their letters and digits.
/// </summary>
public static class TagKey
{
    private const char Slash = '/';
    private const char Colon = ':';

    /// <summary>Before a name of the user's own, which is asked for without it.</summary>
    private static readonly string[] Common = ["tag:", "user:"];

    /// <summary>What a CUR puts before the names of its tags; nothing separates it but a mark that names have too.</summary>
    private static readonly string[] Marked = ["resource_tags_", "user_", "aws_"];

    /// <summary>The letters and digits of a name, without who set it. A name that has neither is itself.</summary>
    public static string Plain(string name)
    {
        var tail = name[(name.LastIndexOfAny([Slash, Colon]) + 1)..];
        foreach (var prefix in Marked)
        {
            if (tail.Length > prefix.Length && tail.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                tail = tail[prefix.Length..];
        }
        return Letters(tail) is { Length: > 0 } plain ? plain : name;
    }

    /// <summary>The tag that a name means, and its value. The very name comes before its other spellings, of which the first in ordinal order counts.</summary>
    /// <returns>Null if there is none, or only empty ones.</returns>
    public static (string Name, string Value)? Find(IReadOnlyDictionary<string, string> tags, string asked)
    {
        if (tags.TryGetValue(asked, out var exact) && exact.Length > 0)
            return (asked, exact);
        if (tags.Count == 0)
            return null;
        // A name may say who set it, and then means that tag alone.
        var isWhole = asked.AsSpan().IndexOfAny(Slash, Colon) >= 0 && !Array.Exists(Common, p => asked.StartsWith(p, StringComparison.OrdinalIgnoreCase));
        var wanted = isWhole ? Letters(asked) : Plain(asked);
        (string Name, string Value)? found = null;
        foreach (var (name, value) in tags)
        {
            if (value.Length > 0 && (isWhole ? Letters(name) : Plain(name)) == wanted && (found is null || string.CompareOrdinal(name, found.Value.Name) < 0))
                found = (name, value);
        }
        return found;
    }

    /// <summary>The value of the tag that a name means; null if there is none.</summary>
    public static string? Value(IReadOnlyDictionary<string, string> tags, string asked) => Find(tags, asked)?.Value;

    private static string Letters(string name) => string.Concat(name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant));
}
