using System.Text.RegularExpressions;

namespace Sluice.Gateway.Levers.Cascading.Checks;

/// <summary>
/// What an answer states as a fact has to stand in the question's text: its numbers, and its names in the middle of a
/// sentence. It does not notice a fact that is twisted in words.
/// </summary>
/// <param name="leastShare">The share of them, from 0 to 1, that has to be found.</param>
public sealed partial class SourceCheck(double leastShare) : IAnswerCheck
{
    public string Name => "source";

    public string? Objection(CheckedAnswer answer)
    {
        var (found, all) = (0, 0);
        foreach (Match fact in Facts().Matches(answer.Text))
        {
            all++;
            if (Stands(fact.Value, answer.Question))
                found++;
        }
        return all == 0 || found >= leastShare * all ? null : $"{all - found} of {all} numbers and names in it don't stand in the source";
    }

    private static bool Stands(string fact, string source)
    {
        if (!char.IsAsciiDigit(fact[0]))
            return source.Contains(fact, StringComparison.OrdinalIgnoreCase);
        // 1,200.50 and 1200.50 are one number; 12 does not stand in 1200.
        var number = fact.Replace(",", "", StringComparison.Ordinal).TrimEnd('.');
        foreach (Match other in Numbers().Matches(source))
        {
            if (other.Value.Replace(",", "", StringComparison.Ordinal).TrimEnd('.') == number)
                return true;
        }
        return false;
    }

    [GeneratedRegex(@"\d[\d,]*(?:\.\d+)?|(?<=[a-z,;:] )\p{Lu}[\p{L}'’-]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Facts();

    [GeneratedRegex(@"\d[\d,]*(?:\.\d+)?", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Numbers();
}
