using System.Buffers;

namespace Sluice.Gateway.Levers.SemanticRecall.Texts;

/// <summary>Cuts English endings by a few rules, so that "walks", "walked" and "walking" are one. What it makes need not be a word.</summary>
internal static class Stemmer
{
    private static readonly SearchValues<char> Vowels = SearchValues.Create("aeiouy");

    public static string StemOf(string lower)
    {
        if (lower.Length <= 3 || !char.IsAsciiLetter(lower[^1]))
            return lower;
        var stem = WithoutPlural(lower);
        stem = WithoutTense(stem);
        if (stem.Length > 5 && stem.EndsWith("ly", StringComparison.Ordinal))
            stem = stem[..^2];
        if (stem.Length > 3 && stem[^1] == 'e')
            stem = stem[..^1];
        return stem.Length > 3 && stem[^1] == 'y' ? string.Concat(stem.AsSpan(0, stem.Length - 1), "i") : stem;
    }

    private static string WithoutPlural(string word)
    {
        if (word[^1] != 's' || word[^2] is 's' or 'u' or 'i')
            return word;
        if (word.EndsWith("ies", StringComparison.Ordinal) && word.Length > 4)
            return string.Concat(word.AsSpan(0, word.Length - 3), "y");
        if (word.EndsWith("sses", StringComparison.Ordinal) || word.EndsWith("xes", StringComparison.Ordinal) || word.EndsWith("ches", StringComparison.Ordinal)
            || word.EndsWith("shes", StringComparison.Ordinal))
            return word[..^2];
        return word[..^1];
    }

    private static string WithoutTense(string word)
    {
        var end = word.EndsWith("ing", StringComparison.Ordinal) ? 3 : word.EndsWith("ed", StringComparison.Ordinal) ? 2 : 0;
        if (end == 0 || word.Length - end < 3 || !HasVowel(word.AsSpan(0, word.Length - end)))
            return word;
        var stem = word[..^end];
        var isDoubled = stem[^1] == stem[^2] && stem[^1] is not ('l' or 's' or 'z');
        return isDoubled ? stem[..^1] : stem;
    }

    private static bool HasVowel(ReadOnlySpan<char> text) => text.ContainsAny(Vowels);
}
