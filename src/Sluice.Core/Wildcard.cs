namespace Sluice.Core;

/// <summary>
/// Patterns of names: <c>*</c> stands for any run of characters, <c>?</c> for any one, and everything else for itself in either case. A pattern
/// without them is the name itself.
/// </summary>
public static class Wildcard
{
    /// <summary>Whether a value has a pattern's form. Never slower than the product of their lengths.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> value)
    {
        var (p, v) = (0, 0);
        var (star, resume) = (-1, 0);
        while (v < value.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, resume) = (p++, v);
            }
            else if (p < pattern.Length && IsOne(pattern[p], value[v]))
            {
                p++;
                v++;
            }
            else if (star >= 0)
            {
                // The last star takes one character more.
                (p, v) = (star + 1, ++resume);
            }
            else
            {
                return false;
            }
        }
        return pattern[p..].TrimStart('*').IsEmpty;
    }

    public static bool MatchesAny(IEnumerable<string> patterns, string value) => patterns.Any(p => Matches(p, value));

    private static bool IsOne(char pattern, char value) =>
        pattern == '?' || pattern == value || char.ToUpperInvariant(pattern) == char.ToUpperInvariant(value);
}
