using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Guards;

/// <summary>
/// The texts are the same but for one word in the same place, and nothing says that the two words mean the same: "reset an iphone"
/// and "reset a router", "the animal is sleeping" and "the animal is eating". It catches what no list can name.
/// </summary>
public sealed class SwapGuard : IGuard
{
    private const int MaxWords = 60;

    public string Name => "swapped word";

    public string? Objection(Wording a, Wording b)
    {
        var (first, second) = (a.Content, b.Content);
        if (first.Length != second.Length || first.Length is < 2 or > MaxWords)
            return null;
        var swapped = -1;
        for (var i = 0; i < first.Length; i++)
        {
            if (first[i].Stem == second[i].Stem)
                continue;
            if (swapped >= 0)
                return null;
            swapped = i;
        }
        return swapped < 0 || MeanTheSame(first[swapped], second[swapped]) ? null : "one word is exchanged for another";
    }

    private static bool MeanTheSame(Word a, Word b) => (NumberGuard.Knows(a) && NumberGuard.Knows(b)) || Synonyms.Are(a.Lower, b.Lower) || Synonyms.Are(a.Stem, b.Stem) || IsMisspelt(a.Lower, b.Lower);

    /// <summary>A single letter is missing, added, exchanged or in the wrong place, in a word long enough for that to be a slip.</summary>
    private static bool IsMisspelt(string a, string b)
    {
        if (Math.Min(a.Length, b.Length) < 5 || a.Any(char.IsAsciiDigit) || b.Any(char.IsAsciiDigit))
            return false;
        var head = a.AsSpan().CommonPrefixLength(b);
        var tail = 0;
        while (tail < Math.Min(a.Length, b.Length) - head && a[^(tail + 1)] == b[^(tail + 1)])
            tail++;
        var (restA, restB) = (a.Length - head - tail, b.Length - head - tail);
        return (restA <= 1 && restB <= 1) || (restA == 2 && restB == 2 && a[head] == b[head + 1] && a[head + 1] == b[head]);
    }
}
