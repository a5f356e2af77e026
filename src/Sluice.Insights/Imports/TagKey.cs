namespace Sluice.Insights.Imports;

/// <summary>
/// Which tag of a charge a name means. Bills put who set a tag before its name (<c>user:team</c>, <c>iamPrincipal/team</c>) and change its case and
/// its marks (<c>cost-center</c> is <c>cost_center</c> in a CUR), so names are compared by their letters and digits.
/// </summary>
internal static class TagKey
{
    private static readonly string[] Prefixes = ["tag:", "user:", "user_"];

    /// <summary>The letters and digits of a name, without who set it.</summary>
    public static string Plain(string name)
    {
        foreach (var prefix in Prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                name = name[prefix.Length..];
        }
        return Letters(name[(name.LastIndexOfAny(['/', ':']) + 1)..]);
    }

    /// <summary>The tag that a name means, and its value; null where the charge has none, or an empty one. The very name comes before its other spellings.</summary>
    public static (string Name, string Value)? Find(IReadOnlyDictionary<string, string> tags, string asked)
    {
        if (tags.TryGetValue(asked, out var exact) && exact.Length > 0)
            return (asked, exact);
        // Who set it may be asked for too.
        var isPrefixed = asked.AsSpan().IndexOfAny('/', ':') >= 0 && !Array.Exists(Prefixes, p => asked.StartsWith(p, StringComparison.OrdinalIgnoreCase));
        var plain = isPrefixed ? Letters(asked) : Plain(asked);
        (string Name, string Value)? found = null;
        foreach (var (name, value) in tags)
        {
            if (value.Length > 0 && (isPrefixed ? Letters(name) : Plain(name)) == plain && (found is null || string.CompareOrdinal(name, found.Value.Name) < 0))
                found = (name, value);
        }
        return found;
    }

    private static string Letters(string name) => string.Concat(name.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant));
}
