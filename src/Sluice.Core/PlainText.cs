using System.Globalization;
using System.Text;

namespace Sluice.Core;

/// <summary>
/// Text that callers, upstreams or bills chose, made safe to print. A terminal, a log, a mail and a spreadsheet all act on
/// control characters, so everything that is shown to people goes through here.
/// </summary>
public static class PlainText
{
    /// <summary>Longest value in an alert or a line of a log: enough for every model identifier that AWS issues.</summary>
    public const int MaxLength = 200;

    /// <summary>
    /// Replaces control characters (C0, DEL, C1), line and paragraph separators, lone surrogates and invisible format characters,
    /// which include those that turn the direction of writing. Tabs and line breaks become spaces.
    /// </summary>
    public static string Of(string text, int maxLength = MaxLength)
    {
        if (text.Length <= maxLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        var plain = new StringBuilder(Math.Min(text.Length, maxLength));
        // A lone surrogate is enumerated as U+FFFD.
        foreach (var rune in text.EnumerateRunes())
        {
            var shown = Shown(rune);
            if (plain.Length + shown.Utf16SequenceLength > maxLength)
            {
                Cut(plain, maxLength);
                break;
            }
            plain.Append(shown);
        }
        return plain.ToString();
    }

    /// <summary>The same for text of several lines, which stay lines.</summary>
    public static string OfLines(string text) =>
        string.Join(Environment.NewLine, text.ReplaceLineEndings("\n").Split('\n').Select(line => Of(line, int.MaxValue)));

    private static Rune Shown(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control when rune.Value is '\t' or '\n' or '\r' => new Rune(' '),
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => Rune.ReplacementChar,
        // Joiners (U+200C, U+200D) belong to the spelling of Persian, Indic scripts and emoji.
        UnicodeCategory.Format when rune.Value is not (0x200C or 0x200D) => Rune.ReplacementChar,
        _ => rune,
    };

    private static void Cut(StringBuilder plain, int maxLength)
    {
        plain.Length = Math.Min(plain.Length, maxLength - 1);
        if (plain.Length > 0 && char.IsHighSurrogate(plain[^1]))
            plain.Length--;
        plain.Append('…');
    }
}
