using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Sluice.Core;

/// <summary>
/// The only way this code makes a regular expression. Matching takes time in proportion to the text, whatever the text is, so no
/// pattern needs a time limit that a busy machine could exceed. The price: no look-around and no back-references.
/// </summary>
public static class LinearRegex
{
    /// <summary>Nodes of the automaton that a pattern may need. <c>(a{1000}){1000}</c> would fill the memory before it matched anything.</summary>
    private const int MaxAutomatonSize = 10_000;

    static LinearRegex() => AppContext.SetData("REGEX_NONBACKTRACKING_MAX_AUTOMATA_SIZE", MaxAutomatonSize);

    /// <exception cref="ArgumentException">The pattern is no regular expression.</exception>
    /// <exception cref="NotSupportedException">It needs look-around or back-references, or is too large.</exception>
#pragma warning disable RS0030 // The one place that the ban leaves.
    public static Regex Of([StringSyntax(StringSyntaxAttribute.Regex)] string pattern, bool ignoreCase = false) => new(
        pattern,
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None),
        Regex.InfiniteMatchTimeout);
#pragma warning restore RS0030

    /// <summary>
    /// Matches of a pattern whose first character is context, in place of a look-behind: it may be the last character of the match
    /// before.
    /// </summary>
    public static IEnumerable<Match> OverlappingMatches(this Regex regex, string text)
    {
        for (var match = regex.Match(text); match.Success;)
        {
            yield return match;
            var end = match.Index + match.Length;
            match = regex.Match(text, match.Length > 1 ? end - 1 : end);
        }
    }

    /// <summary>The same for a pattern that someone else wrote.</summary>
    /// <param name="pattern">A regular expression, perhaps.</param>
    /// <param name="regex">The expression, if it can be matched in linear time.</param>
    /// <param name="problem">Why it can't be used, as the end of a sentence that begins with the pattern.</param>
    public static bool TryParse(string pattern, [NotNullWhen(true)] out Regex? regex, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            (regex, problem) = (Of(pattern), null);
            return true;
        }
        catch (NotSupportedException)
        {
            (regex, problem) = (null, "needs look-around or back-references, or is too large; only patterns that match in linear time are supported");
            return false;
        }
        catch (ArgumentException e)
        {
            (regex, problem) = (null, $"isn't a regular expression: {e.Message}");
            return false;
        }
    }
}
