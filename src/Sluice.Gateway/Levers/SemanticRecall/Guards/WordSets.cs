using System.Collections.Frozen;
using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Guards;

/// <summary>Reads the small dictionaries of the guards.</summary>
internal static class WordSets
{
    /// <summary>One entry a line: the first word is what all words of the line are called.</summary>
    public static FrozenDictionary<string, string> Groups(string lines) => lines
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .SelectMany(words => words.Select(word => (word, words[0])))
        .ToFrozenDictionary(pair => pair.word, pair => pair.Item2, StringComparer.Ordinal);

    public static FrozenSet<string> Of(string words) => words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The names of the groups that occur in a text.</summary>
    public static HashSet<string> Found(FrozenDictionary<string, string> groups, Wording text)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var word in text.Words)
        {
            if (groups.TryGetValue(word.Lower, out var name))
                found.Add(name);
        }
        return found;
    }

    /// <summary>The words as they follow each other, with a blank between and around, to look for phrases in.</summary>
    public static string Line(Wording text) => $" {string.Join(' ', text.Words.Select(w => w.Lower))} ";
}
