using System.Collections.Frozen;
using System.Globalization;
using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Guards;

/// <summary>Different numbers, in digits or in words. "One" in words is left out, since it is mostly no number.</summary>
public sealed class NumberGuard : IGuard
{
    private static readonly FrozenDictionary<string, string> InWords = WordSets.Groups("""
        0 zero
        2 two twice double both couple pair
        3 three thrice triple
        4 four
        5 five
        6 six
        7 seven
        8 eight
        9 nine
        10 ten
        11 eleven
        12 twelve dozen
        13 thirteen
        14 fourteen
        15 fifteen
        16 sixteen
        17 seventeen
        18 eighteen
        19 nineteen
        20 twenty
        30 thirty
        40 forty
        50 fifty
        60 sixty
        70 seventy
        80 eighty
        90 ninety
        100 hundred hundreds
        1000 thousand thousands
        1000000 million millions mn
        1000000000 billion billions bn
        0.5 half
        0.25 quarter
        #1 first 1st
        #2 second 2nd
        #3 third 3rd
        #4 fourth 4th
        #5 fifth 5th
        #6 sixth 6th
        #7 seventh 7th
        #8 eighth 8th
        #9 ninth 9th
        #10 tenth 10th
        once
        """);

    public string Name => "numbers";

    public string? Objection(Wording a, Wording b) => Numbers(a).SetEquals(Numbers(b)) ? null : "the numbers differ";

    /// <summary>The word is this guard's to judge.</summary>
    internal static bool Knows(Word word) => word.IsNumber || InWords.ContainsKey(word.Lower);

    private static HashSet<string> Numbers(Wording text)
    {
        var numbers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var word in text.Words)
        {
            if (InWords.TryGetValue(word.Lower, out var known))
                numbers.Add(known);
            else if (word.IsNumber)
                numbers.Add(Canonical(word.Lower));
        }
        return numbers;
    }

    /// <summary>"1,000", "1000.0" and "1k" are one number; the letters of "3rd", "5kg" and "2.10.0" stay what they are.</summary>
    private static string Canonical(string written)
    {
        var end = 0;
        while (end < written.Length && (char.IsAsciiDigit(written[end]) || written[end] is '.' or ','))
            end++;
        var digits = written[..end].Replace(",", "", StringComparison.Ordinal);
        if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return written;
        var (factor, rest) = written[end..] switch
        {
            "k" => (1_000m, ""),
            "m" => (1_000_000m, ""),
            "b" or "bn" => (1_000_000_000m, ""),
            "st" or "nd" or "rd" or "th" => (1m, "#"),
            _ => (1m, ""),
        };
        return number < 1_000_000_000_000m ? rest + (number * factor).ToString("0.##########", CultureInfo.InvariantCulture) : digits;
    }
}
