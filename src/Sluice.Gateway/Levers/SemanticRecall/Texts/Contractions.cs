using System.Collections.Frozen;

namespace Sluice.Gateway.Levers.SemanticRecall.Texts;

/// <summary>Writes contractions out, so that "isn't" is seen as a negation. Apostrophes that were left out are put up with.</summary>
internal static class Contractions
{
    private static readonly FrozenDictionary<string, string> Endings = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["re"] = "are",
        ["ve"] = "have",
        ["ll"] = "will",
        ["d"] = "would",
        ["m"] = "am",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Words after which 's means "is" rather than possession.</summary>
    private static readonly FrozenSet<string> BeforeIs = FrozenSet.ToFrozenSet(["what", "who", "how", "where", "when", "why", "it", "that", "there", "here", "he", "she"], StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, (string First, string Second)> WithoutApostrophe = new Dictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        ["cannot"] = ("can", "not"),
        ["cant"] = ("can", "not"),
        ["dont"] = ("do", "not"),
        ["doesnt"] = ("does", "not"),
        ["didnt"] = ("did", "not"),
        ["isnt"] = ("is", "not"),
        ["arent"] = ("are", "not"),
        ["wasnt"] = ("was", "not"),
        ["werent"] = ("were", "not"),
        ["wont"] = ("will", "not"),
        ["shouldnt"] = ("should", "not"),
        ["couldnt"] = ("could", "not"),
        ["wouldnt"] = ("would", "not"),
        ["havent"] = ("have", "not"),
        ["hasnt"] = ("has", "not"),
        ["whats"] = ("what", "is"),
        ["hows"] = ("how", "is"),
        ["im"] = ("i", "am"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <param name="second">The word that the contraction hides; null where there is none.</param>
    public static string Resolve(string lower, out string? second)
    {
        second = null;
        var apostrophe = lower.IndexOf('\'', StringComparison.Ordinal);
        if (apostrophe < 0)
        {
            if (!WithoutApostrophe.TryGetValue(lower, out var both))
                return lower;
            second = both.Second;
            return both.First;
        }
        if (lower.EndsWith("n't", StringComparison.Ordinal) && lower.Length > 3)
        {
            second = "not";
            return lower switch { "can't" => "can", "won't" => "will", "shan't" => "shall", _ => lower[..^3] };
        }
        var (head, tail) = (lower[..apostrophe], lower[(apostrophe + 1)..]);
        if (tail == "s")
        {
            second = BeforeIs.Contains(head) ? "is" : null;
            return head;
        }
        if (!Endings.TryGetValue(tail, out second))
            return lower.Replace("'", "", StringComparison.Ordinal);
        return head;
    }
}
