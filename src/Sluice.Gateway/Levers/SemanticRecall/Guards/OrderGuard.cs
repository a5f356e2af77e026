using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Guards;

/// <summary>
/// The same words with roles exchanged: "A chases B" and "B chases A", "PDF to Word" and "Word to PDF". Told by three words that
/// stand in reverse order; two that "and", "or" or "versus" joins may stand either way.
/// </summary>
public sealed class OrderGuard : IGuard
{
    /// <summary>In longer texts the order of words says little of who does what.</summary>
    private const int MaxWords = 20;

    /// <summary>Which part of the words of meaning both texts must share for their order to be what differs.</summary>
    private const double MinShared = 0.8;

    public string Name => "order";

    public string? Objection(Wording a, Wording b)
    {
        if (a.Words.Length > MaxWords || b.Words.Length > MaxWords || !HaveTheSameWords(a, b))
            return null;
        var (first, second) = (Places(a), Places(b));
        var shared = first.Where(w => second.ContainsKey(w.Key)).OrderBy(w => w.Value).Select(w => (Stem: w.Key, Place: second[w.Key])).ToList();
        for (var i = 0; i < shared.Count; i++)
        {
            for (var pivot = i + 1; pivot < shared.Count; pivot++)
            {
                if (shared[pivot].Place >= shared[i].Place)
                    continue;
                for (var j = pivot + 1; j < shared.Count; j++)
                {
                    if (shared[j].Place < shared[pivot].Place && !IsGrammar(shared[i].Stem) && !IsGrammar(shared[j].Stem))
                        return "the same words stand in reverse";
                }
            }
        }
        return null;
    }

    private static bool HaveTheSameWords(Wording a, Wording b)
    {
        var (first, second) = (a.Content.Select(w => w.Stem).ToHashSet(StringComparer.Ordinal), b.Content.Select(w => w.Stem).ToHashSet(StringComparer.Ordinal));
        var shared = first.Count(second.Contains);
        return shared >= 2 && shared >= MinShared * Math.Max(first.Count, second.Count);
    }

    /// <summary>Where each word stands that occurs once and does not merely join two others.</summary>
    private static Dictionary<string, int> Places(Wording text) => text.Words.Index()
        .Where(w => w.Item.Lower is not ("and" or "or" or "vs" or "versus" or "the" or "a" or "an" or "is" or "are" or "do" or "does" or "i" or "you"))
        .GroupBy(w => w.Item.Stem, StringComparer.Ordinal)
        .Where(g => g.Count() == 1)
        .ToDictionary(g => g.Key, g => g.First().Index, StringComparer.Ordinal);

    private static bool IsGrammar(string stem) => FunctionWords.Contains(stem);
}
