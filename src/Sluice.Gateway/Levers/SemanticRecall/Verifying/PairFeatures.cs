using Sluice.Gateway.Levers.SemanticRecall.Guards;
using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Verifying;

/// <summary>What the verifier sees of a pair: how much of it overlaps, in several senses. The same whichever text comes first.</summary>
public static class PairFeatures
{
    public static readonly string[] Names =
    [
        "cosine", "difference", "stems_shared", "content_shared", "weighted_shared_low", "weighted_shared_high", "weighted_shared", "pairs_shared", "rarest_alone_low",
        "rarest_alone_high", "alone_low", "alone_high", "words_low", "words_high", "words_ratio", "characters_ratio", "common_head", "common_tail", "sequence_shared",
        "same_first", "same_last", "same_question", "names_alone", "numbers_alone", "negations_differ", "fuzzy_low", "fuzzy_high", "rarest_shared", "content_alone_low",
        "content_alone_high", "head_shared", "rarity_low", "rarity_high", "grams_shared",
    ];

    /// <param name="difference">The score of <see cref="PairDifference"/>'s features, by a model that did not learn from this pair.</param>
    public static float[] Of(Wording a, Wording b, float cosine, float difference, WordRarity rarity)
    {
        var shared = a.Stems.Where(b.Stems.Contains).ToList();
        var (onlyA, onlyB) = (Alone(a, b), Alone(b, a));
        var (sumShared, sumA, sumB) = (shared.Sum(s => rarity[s]), onlyA.Sum(s => rarity[s]), onlyB.Sum(s => rarity[s]));
        var (contentA, contentB) = (ContentAlone(a, b), ContentAlone(b, a));
        var contentShared = a.Content.Select(w => w.Stem).Distinct(StringComparer.Ordinal).Count(b.Stems.Contains);
        var (rarestA, rarestB) = (Rarest(onlyA, rarity), Rarest(onlyB, rarity));
        var (lengthA, lengthB) = ((float)a.Words.Length, (float)b.Words.Length);
        var (fuzzyA, fuzzyB) = (Fuzzy(onlyA, onlyB, rarity), Fuzzy(onlyB, onlyA, rarity));
        var shorter = Math.Max(1, Math.Min(lengthA, lengthB));
        var (partA, partB) = (Ratio(sumShared, sumShared + sumA), Ratio(sumShared, sumShared + sumB));
        return
        [
            cosine, difference, Ratio(shared.Count, shared.Count + onlyA.Count + onlyB.Count), Ratio(contentShared, contentShared + contentA + contentB),
            Math.Min(partA, partB), Math.Max(partA, partB), Ratio(sumShared, sumShared + sumA + sumB), PairsShared(a, b), Math.Min(rarestA, rarestB), Math.Max(rarestA, rarestB),
            Math.Min(sumA, sumB), Math.Max(sumA, sumB), Math.Min(lengthA, lengthB), Math.Max(lengthA, lengthB), Ratio(Math.Min(lengthA, lengthB), Math.Max(lengthA, lengthB)),
            Ratio(Math.Min(a.Text.Length, b.Text.Length), Math.Max(a.Text.Length, b.Text.Length)), CommonHead(a, b) / shorter, CommonTail(a, b) / shorter,
            Sequence(a, b) / Math.Max(1, Math.Max(lengthA, lengthB)), Same(a, b, 0), Same(a, b, ^1), Same(a, b, 0) * Same(a, b, 1), NamesAlone(a, b) + NamesAlone(b, a), NumbersAlone(a, b) + NumbersAlone(b, a),
            Negations(a) == Negations(b) ? 0 : 1, Math.Min(fuzzyA, fuzzyB), Math.Max(fuzzyA, fuzzyB), Rarest(shared, rarity), Math.Min(contentA, contentB), Math.Max(contentA, contentB),
            CommonHead(a, b), Math.Min(sumShared + sumA, sumShared + sumB), Math.Max(sumShared + sumA, sumShared + sumB), GramsShared(a.Text, b.Text),
        ];
    }

    private static List<string> Alone(Wording text, Wording other) => [.. text.Stems.Where(s => !other.Stems.Contains(s))];

    private static int ContentAlone(Wording text, Wording other) => text.Content.Select(w => w.Stem).Distinct(StringComparer.Ordinal).Count(s => !other.Stems.Contains(s));

    private static float Ratio(float part, float whole) => whole > 0 ? part / whole : 1;

    private static float Rarest(List<string> stems, WordRarity rarity) => stems.Count == 0 ? 0 : stems.Max(s => rarity[s]);

    private static float PairsShared(Wording a, Wording b)
    {
        var (first, second) = (Pairs(a), Pairs(b));
        var shared = first.Count(second.Contains);
        return Ratio(shared, first.Count + second.Count - shared);
    }

    private static HashSet<(string, string)> Pairs(Wording text)
    {
        var pairs = new HashSet<(string, string)>();
        for (var i = 0; i + 1 < text.Words.Length; i++)
            pairs.Add((text.Words[i].Stem, text.Words[i + 1].Stem));
        return pairs;
    }

    private static int CommonHead(Wording a, Wording b)
    {
        var i = 0;
        while (i < a.Words.Length && i < b.Words.Length && a.Words[i].Stem == b.Words[i].Stem)
            i++;
        return i;
    }

    private static int CommonTail(Wording a, Wording b)
    {
        var i = 0;
        while (i < a.Words.Length && i < b.Words.Length && a.Words[^(i + 1)].Stem == b.Words[^(i + 1)].Stem)
            i++;
        return i;
    }

    /// <summary>The length of the longest common subsequence of words; of long texts, of their first 64.</summary>
    private static int Sequence(Wording a, Wording b)
    {
        var first = a.Words.AsSpan(0, Math.Min(64, a.Words.Length));
        var second = b.Words.AsSpan(0, Math.Min(64, b.Words.Length));
        Span<int> row = stackalloc int[second.Length + 1];
        row.Clear();
        foreach (var word in first)
        {
            var diagonal = 0;
            for (var j = 1; j < row.Length; j++)
            {
                var above = row[j];
                row[j] = word.Stem == second[j - 1].Stem ? diagonal + 1 : Math.Max(row[j], row[j - 1]);
                diagonal = above;
            }
        }
        return row[^1];
    }

    private static float Same(Wording a, Wording b, Index place)
    {
        var (i, j) = (place.GetOffset(a.Words.Length), place.GetOffset(b.Words.Length));
        return i >= 0 && j >= 0 && i < a.Words.Length && j < b.Words.Length && a.Words[i].Stem == b.Words[j].Stem ? 1 : 0;
    }

    private static int NamesAlone(Wording text, Wording other) => text.Words.Count(w => w.IsCapitalised && !w.StartsSentence && w.IsContent && !other.Stems.Contains(w.Stem));

    private static int NumbersAlone(Wording text, Wording other) => text.Words.Count(w => w.IsNumber && !other.Has(w.Lower));

    private static int Negations(Wording text) => text.Words.Count(w => w.Lower is "not" or "no" or "never" or "without");

    /// <summary>How much of what stands alone here has something spelt alike there, by rarity; 1 where nothing stands alone.</summary>
    private static float Fuzzy(List<string> alone, List<string> others, WordRarity rarity)
    {
        var (found, all) = (0f, 0f);
        foreach (var stem in alone)
        {
            all += rarity[stem];
            found += rarity[stem] * others.Select(o => Alike(stem, o)).DefaultIfEmpty(0).Max();
        }
        return Ratio(found, all);
    }

    /// <summary>The part of pairs of letters that two words share.</summary>
    private static float Alike(string a, string b)
    {
        if (a.Length < 2 || b.Length < 2)
            return 0;
        var shared = 0;
        for (var i = 0; i + 1 < a.Length; i++)
        {
            if (b.AsSpan().Contains(a.AsSpan(i, 2), StringComparison.Ordinal))
                shared++;
        }
        return 2f * shared / (a.Length + b.Length - 2);
    }

    private static float GramsShared(string a, string b)
    {
        var (first, second) = (Grams(a), Grams(b));
        var shared = first.Count(second.Contains);
        return Ratio(shared, Math.Min(first.Count, second.Count));
    }

    private static HashSet<int> Grams(string text)
    {
        var grams = new HashSet<int>();
        for (var i = 0; i + 4 <= text.Length; i++)
            grams.Add(unchecked((char.ToLowerInvariant(text[i]) * 8191) ^ (char.ToLowerInvariant(text[i + 1]) * 131071) ^ (char.ToLowerInvariant(text[i + 2]) * 524287) ^ (char.ToLowerInvariant(text[i + 3]) * 31)));
        return grams;
    }
}
