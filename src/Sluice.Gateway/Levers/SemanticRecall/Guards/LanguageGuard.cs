using System.Collections.Frozen;
using System.Text;
using Sluice.Gateway.Levers.SemanticRecall.Texts;

namespace Sluice.Gateway.Levers.SemanticRecall.Guards;

/// <summary>The texts are in different languages or scripts, or name different ones.</summary>
public sealed class LanguageGuard : IGuard
{
    /// <summary>Small words that the named language alone has, of those that it is told from here.</summary>
    private static readonly FrozenDictionary<string, string> SmallWords = WordSets.Groups("""
        english the is are what how which where does of and with from this that
        german der das und ist nicht wie kann ich wo warum mit für auf eine einen sind wird ein dem
        french le les est une des comment pourquoi où quel quelle avec pour dans et vous je sont mon
        spanish el los las qué cómo cuál por dónde está puedo hacer mi tengo y
        italian il gli che perché quale sono della di è dove come posso
        portuguese os não uma você onde são da em é meu fazer
        dutch het een niet hoe wat waar zijn van voor met ik
        """);

    private static readonly FrozenSet<string> Names = WordSets.Of("""
        english german french spanish italian portuguese dutch russian chinese mandarin cantonese japanese korean arabic hindi urdu bengali tamil telugu
        turkish polish swedish norwegian danish finnish greek hebrew latin czech hungarian thai vietnamese indonesian malay persian farsi ukrainian romanian
        """);

    public string Name => "language";

    public string? Objection(Wording a, Wording b)
    {
        if (!a.Words.Where(w => Names.Contains(w.Lower)).Select(w => w.Lower).ToHashSet(StringComparer.Ordinal).SetEquals(b.Words.Where(w => Names.Contains(w.Lower)).Select(w => w.Lower)))
            return "they name different languages";
        if (Script(a.Text) != Script(b.Text))
            return "they are in different scripts";
        return LanguageOf(a) is { } first && LanguageOf(b) is { } second && first != second ? "they are in different languages" : null;
    }

    /// <summary>The language that most small words speak for, with two at least and twice as many as for any other; null if unsure.</summary>
    private static string? LanguageOf(Wording text)
    {
        var votes = text.Words.Where(w => SmallWords.ContainsKey(w.Lower)).GroupBy(w => SmallWords[w.Lower], StringComparer.Ordinal)
            .Select(g => (Language: g.Key, Count: g.Count())).OrderByDescending(v => v.Count).ThenBy(v => v.Language, StringComparer.Ordinal).ToList();
        if (votes.Count == 0 || votes[0].Count < 2 || (votes.Count > 1 && votes[0].Count < 2 * votes[1].Count))
            return null;
        return votes[0].Language;
    }

    /// <summary>The script of most letters, by the blocks of Unicode that matter for this.</summary>
    private static int Script(string text)
    {
        Span<int> letters = stackalloc int[8];
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetter(rune))
                letters[Block(rune.Value)]++;
        }
        return letters.IndexOf(Max(letters));
    }

    private static int Block(int code) => code switch
    {
        < 0x370 => 0,
        < 0x400 => 1,
        < 0x530 => 2,
        < 0x600 => 3,
        < 0x780 => 4,
        < 0x1100 => 5,
        >= 0x3040 and < 0xd7b0 => 6,
        _ => 7,
    };

    private static int Max(Span<int> values)
    {
        var max = 0;
        foreach (var value in values)
            max = Math.Max(max, value);
        return max;
    }
}
