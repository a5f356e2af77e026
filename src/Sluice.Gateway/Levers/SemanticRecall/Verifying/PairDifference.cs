using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Verifying;

/// <summary>
/// What two texts differ in, as hashed features: the words that only one has, which of them face each other, and how the texts
/// begin. A linear model over them learns which differences matter.
/// </summary>
public static class PairDifference
{
    public const int Bits = 18;

    private const int MaxFacing = 6;

    public static int[] FeaturesOf(Wording a, Wording b)
    {
        var onlyA = a.Words.Select(w => w.Stem).Where(s => !b.Stems.Contains(s)).Distinct(StringComparer.Ordinal).ToList();
        var onlyB = b.Words.Select(w => w.Stem).Where(s => !a.Stems.Contains(s)).Distinct(StringComparer.Ordinal).ToList();
        var features = new HashSet<int>();
        foreach (var stem in a.Stems.Where(b.Stems.Contains))
            features.Add(Place("=", stem, ""));
        foreach (var stem in onlyA.Concat(onlyB))
            features.Add(Place("!", stem, ""));
        if (onlyA.Count <= MaxFacing && onlyB.Count <= MaxFacing)
        {
            foreach (var first in onlyA.DefaultIfEmpty(""))
            {
                foreach (var second in onlyB.DefaultIfEmpty(""))
                    features.Add(InOrder("~", first, second));
            }
        }
        features.Add(InOrder("?", Head(a, 1), Head(b, 1)));
        features.Add(InOrder("??", Head(a, 2), Head(b, 2)));
        AddRuns(features, a, b);
        AddRuns(features, b, a);
        return [.. features.Order()];
    }

    private static void AddRuns(HashSet<int> features, Wording text, Wording other)
    {
        for (var i = 0; i + 1 < text.Words.Length; i++)
        {
            // Two words of which the other text lacks one: "ios app" where it has only "app".
            if (other.Stems.Contains(text.Words[i].Stem) != other.Stems.Contains(text.Words[i + 1].Stem))
                features.Add(Place("2", text.Words[i].Stem, text.Words[i + 1].Stem));
        }
    }

    private static string Head(Wording text, int words) => string.Join(' ', text.Words.Take(words).Select(w => w.Lower));

    private static int InOrder(string kind, string a, string b) => string.CompareOrdinal(a, b) <= 0 ? Place(kind, a, b) : Place(kind, b, a);

    private static int Place(string kind, string a, string b) =>
        StableHash.Fold(StableHash.Of(b, StableHash.Of("|", StableHash.Of(a, StableHash.Of(kind)))), Bits);
}
