using System.Text.RegularExpressions;
using Sluice.Core;

namespace Sluice.Gateway.Levers.Cascading.Checks;

/// <summary>
/// What an answer states as a fact has to stand in the question's text: its numbers, and its names in the middle of a
/// sentence. It does not notice a fact that is twisted in words.
/// </summary>
/// <param name="leastShare">The share of them, from 0 to 1, that has to be found.</param>
public sealed class SourceCheck(double leastShare) : IAnswerCheck
{
    private static readonly Regex Numbers = LinearRegex.Of(@"\d[\d,]*(?:\.\d+)?");

    private static readonly Regex Names = LinearRegex.Of(@"[a-z,;:] (?<name>\p{Lu}[\p{L}'’-]+)");

    public string Name => "source";

    public string? Objection(CheckedAnswer answer)
    {
        var source = NumbersOf(answer.Question).ToHashSet(StringComparer.Ordinal);
        var numbers = NumbersOf(answer.Text).ToList();
        var names = Names.OverlappingMatches(answer.Text).GroupBy(m => m.Groups["name"].Value, StringComparer.Ordinal).ToList();
        var all = numbers.Count + names.Sum(n => n.Count());
        var found = numbers.Count(source.Contains)
            + names.Where(n => answer.Question.Contains(n.Key, StringComparison.OrdinalIgnoreCase)).Sum(n => n.Count());
        return all == 0 || found >= leastShare * all ? null : $"{all - found} of {all} numbers and names in it don't stand in the source";
    }

    /// <summary>1,200.50 and 1200.50 are one number; 12 doesn't occur in 1200.</summary>
    private static IEnumerable<string> NumbersOf(string text) =>
        Numbers.Matches(text).Select(m => m.Value.Replace(",", "", StringComparison.Ordinal));
}
