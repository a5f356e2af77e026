using System.Collections.Frozen;
using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Guards;

/// <summary>
/// A name in one text that the other does not have: words with a capital in the middle of a sentence, and words in capitals. It
/// may be there in lower case, in another number, or as its initials.
/// </summary>
public sealed class EntityGuard : IGuard
{
    private static readonly FrozenSet<string> NoNames = WordSets.Of("i ii iii ok faq id");

    public string Name => "names";

    public string? Objection(Wording a, Wording b) => AllNamesIn(a, b) && AllNamesIn(b, a) ? null : "they name different people, places or things";

    private static bool AllNamesIn(Wording text, Wording other)
    {
        // A title or a shout has a capital on nearly every word, which then says nothing.
        var capitals = text.Words.Count(w => w.IsCapitalised && !w.StartsSentence);
        if (text.Words.Length > 4 && capitals > text.Words.Length * 0.7)
            return true;
        for (var i = 0; i < text.Words.Length; i++)
        {
            if (IsName(text.Words[i]) && !IsIn(other, text.Words, i))
                return false;
        }
        return true;
    }

    private static bool IsName(Word word)
    {
        if (!word.IsCapitalised || NoNames.Contains(word.Lower) || !word.IsContent)
            return false;
        var isAllCapitals = word.Written.Length > 1 && !word.Written.Any(char.IsLower);
        return !word.StartsSentence || isAllCapitals;
    }

    private static bool IsIn(Wording other, Word[] words, int i)
    {
        var word = words[i];
        return other.Stems.Contains(word.Stem) || other.Has(word.Lower) || IsInitials(word.Lower, other.Words) || (IsPartOfInitials(words, i, other) && word.Written.Length > 1)
            || Compound(other, word.Lower);
    }

    /// <summary>"US" for "United States", with small words between left out.</summary>
    private static bool IsInitials(string name, Word[] words)
    {
        if (name.Length is < 2 or > 5)
            return false;
        for (var start = 0; start + name.Length <= words.Length; start++)
        {
            var i = start;
            var matched = 0;
            for (; i < words.Length && matched < name.Length; i++)
            {
                if (words[i].Lower[0] == name[matched])
                    matched++;
                else if (words[i].IsContent || matched == 0)
                    break;
            }
            if (matched == name.Length && i - start >= name.Length)
                return true;
        }
        return false;
    }

    /// <summary>The word belongs to a run of capitalised words whose initials the other text has.</summary>
    private static bool IsPartOfInitials(Word[] words, int i, Wording other)
    {
        var (first, last) = (i, i);
        while (first > 0 && words[first - 1].IsCapitalised)
            first--;
        while (last + 1 < words.Length && words[last + 1].IsCapitalised)
            last++;
        if (first == last)
            return false;
        for (var from = first; from <= i; from++)
        {
            for (var to = Math.Max(i, from + 1); to <= last; to++)
            {
                if (other.Has(string.Concat(words[from..(to + 1)].Select(w => w.Lower[..1]))))
                    return true;
            }
        }
        return false;
    }

    /// <summary>"PowerPoint" for "power point".</summary>
    private static bool Compound(Wording other, string name)
    {
        for (var i = 0; i + 1 < other.Words.Length; i++)
        {
            var (first, second) = (other.Words[i].Lower, other.Words[i + 1].Lower);
            if (first.Length + second.Length == name.Length && name.StartsWith(first, StringComparison.Ordinal) && name.EndsWith(second, StringComparison.Ordinal))
                return true;
        }
        return false;
    }
}
