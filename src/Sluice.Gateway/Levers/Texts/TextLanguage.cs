using System.Collections.Frozen;
using System.Text;

namespace Sluice.Gateway.Levers.Texts;

/// <summary>
/// Tells the language of a text by its script and, in Latin script, by small words that one language alone has. Enough to keep
/// a rule or a check from the wrong language; it says nothing where it is not sure.
/// </summary>
public static class TextLanguage
{
    /// <summary>More of a text does not make it surer.</summary>
    private const int MaxChars = 800;

    private static readonly (string Language, string Words)[] SmallWords =
    [
        ("en", "the is are what how which where does of and with from this that you have be to for it my"),
        ("de", "der das und ist nicht wie kann ich wo warum mit für auf eine einen sind wird ein dem den sie bitte haben zu"),
        ("fr", "le les est une des comment pourquoi où quel quelle avec pour dans et vous je sont mon ce qui pas"),
        ("es", "el los las qué cómo cuál por dónde está puedo hacer mi tengo y una con para del"),
        ("it", "il gli che perché quale sono della di è dove come posso una per con non"),
        ("pt", "os não uma você onde são da em é meu fazer com para o um"),
        ("nl", "het een niet hoe wat waar zijn van voor met ik en de dat u"),
    ];

    /// <summary>Words of several languages count for each; the most decides.</summary>
    private static readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> LanguagesOfWords = SmallWords
        .SelectMany((language, i) => language.Words.Split(' ').Select(word => (Word: word, Bit: 1 << i)))
        .GroupBy(w => w.Word, StringComparer.Ordinal)
        .ToFrozenDictionary(g => g.Key, g => g.Aggregate(0, (bits, w) => bits | w.Bit), StringComparer.OrdinalIgnoreCase)
        .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The two letters of ISO 639-1, or null where it is not sure.</summary>
    public static string? Of(ReadOnlySpan<char> text)
    {
        text = text[..Math.Min(text.Length, MaxChars)];
        return ByScript(text) is { } language ? (language.Length > 0 ? language : ByWords(text)) : null;
    }

    /// <summary>The one language of a script, empty for Latin, null for one of several languages or none.</summary>
    private static string? ByScript(ReadOnlySpan<char> text)
    {
        if (Ascii.IsValid(text))
            return "";
        var (latin, kana, han, hangul, cyrillic, greek, arabic, hebrew, thai, other) = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Rune.IsLetter(rune))
                continue;
            switch (rune.Value)
            {
                case < 0x250: latin++; break;
                case >= 0x370 and < 0x400: greek++; break;
                case >= 0x400 and < 0x530: cyrillic++; break;
                case >= 0x590 and < 0x600: hebrew++; break;
                case >= 0x600 and < 0x780: arabic++; break;
                case >= 0xe00 and < 0xe80: thai++; break;
                case >= 0x3040 and < 0x3100: kana++; break;
                case >= 0x3400 and < 0xa000: han++; break;
                case >= 0xac00 and < 0xd7b0: hangul++; break;
                default: other++; break;
            }
        }
        // A Japanese text is mostly Chinese characters by count at times, and always has kana between them.
        var east = kana + han;
        var most = Math.Max(Math.Max(Math.Max(latin, greek), Math.Max(cyrillic, hebrew)), Math.Max(Math.Max(arabic, thai), Math.Max(Math.Max(east, hangul), other)));
        if (most == 0)
            return null;
        if (most == latin)
            return "";
        if (most == east)
            return kana * 10 > east ? "ja" : "zh";
        return most == hangul ? "ko" : most == greek ? "el" : most == hebrew ? "he" : most == thai ? "th" : most == cyrillic ? "ru" : most == arabic ? "ar" : null;
    }

    private static string? ByWords(ReadOnlySpan<char> text)
    {
        Span<int> votes = stackalloc int[SmallWords.Length];
        votes.Clear();
        while (!text.IsEmpty)
        {
            var length = 0;
            while (length < text.Length && char.IsLetter(text[length]))
                length++;
            if (length > 0 && LanguagesOfWords.TryGetValue(text[..length], out var languages))
            {
                for (var i = 0; i < votes.Length; i++)
                    votes[i] += (languages >> i) & 1;
            }
            text = text[Math.Min(text.Length, length + 1)..];
        }
        var (best, second) = (0, -1);
        for (var i = 1; i < votes.Length; i++)
        {
            if (votes[i] > votes[best])
                (best, second) = (i, best);
            else if (second < 0 || votes[i] > votes[second])
                second = i;
        }
        return votes[best] >= 2 && votes[best] * 2 >= votes[second] * 3 ? SmallWords[best].Language : null;
    }
}
