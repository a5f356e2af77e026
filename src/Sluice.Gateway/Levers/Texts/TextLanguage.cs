using System.Numerics;
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

    /// <summary>By hash, with the languages that each word counts for, as bits; the most decides. A quarter of the slots is taken.</summary>
    private static readonly (string Word, int Languages)[] Slots = Fill();

    private static readonly int LongestWord = SmallWords.Max(l => l.Words.Split(' ').Max(w => w.Length));

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
            var hash = 0u;
            for (; length < text.Length && IsLetter(text[length]); length++)
                hash = Mix(hash, text[length]);
            if (length > 0 && length <= LongestWord)
            {
                for (var bits = LanguagesOf(text[..length], hash); bits != 0; bits &= bits - 1)
                    votes[BitOperations.TrailingZeroCount(bits)]++;
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

    private static bool IsLetter(char c) => char.IsAscii(c) ? char.IsAsciiLetter(c) : char.IsLetter(c);

    /// <summary>Capitals of ASCII and Latin-1 count as their small letters, which have one bit more.</summary>
    private static uint Mix(uint hash, char c) => unchecked((hash * 31) + (uint)(c | 0x20));

    private static int LanguagesOf(ReadOnlySpan<char> word, uint hash)
    {
        for (var slot = hash & (uint)(Slots.Length - 1); Slots[slot].Word is { } known; slot = (slot + 1) & (uint)(Slots.Length - 1))
        {
            if (word.Equals(known, StringComparison.OrdinalIgnoreCase))
                return Slots[slot].Languages;
        }
        return 0;
    }

    private static (string Word, int Languages)[] Fill()
    {
        var words = SmallWords
            .SelectMany((language, i) => language.Words.Split(' ').Select(word => (Word: word, Bit: 1 << i)))
            .GroupBy(w => w.Word, w => w.Bit, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Aggregate(0, (bits, bit) => bits | bit), StringComparer.Ordinal);
        var slots = new (string, int)[(int)BitOperations.RoundUpToPowerOf2((uint)(4 * words.Count))];
        foreach (var (word, languages) in words)
        {
            var slot = word.Aggregate(0u, Mix) & (uint)(slots.Length - 1);
            while (slots[slot].Item1 is not null)
                slot = (slot + 1) & (uint)(slots.Length - 1);
            slots[slot] = (word, languages);
        }
        return slots;
    }
}
