using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Sluice.Gateway.Levers.Marking.Drift;

/// <summary>Tells words, white space, dates, ids and numbers apart in UTF-8.</summary>
internal static class WordForms
{
    private static readonly Class[] Classes = ClassesOfBytes();
    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);
    private static readonly SearchValues<byte> NumberSigns = SearchValues.Create("0123456789.,"u8);
    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    private static readonly FrozenSet<string> Weekdays = FrozenSet.ToFrozenSet(
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], StringComparer.Ordinal);

    private static readonly FrozenSet<string> Months = FrozenSet.ToFrozenSet(
        [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
            "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sep", "Sept", "Oct", "Nov", "Dec",
        ], StringComparer.Ordinal);

    private const int LongestName = 9;
    private const int UuidLength = 36;

    /// <summary>The length of the white space that a text begins with.</summary>
    public static int Blank(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (length < text.Length && ClassOf(text[length]) == Class.Blank)
            length++;
        return length;
    }

    /// <summary>The length of the word, or of the one other character, that a text begins with. Joiners are part of a word where it goes on behind them.</summary>
    public static int Word(ReadOnlySpan<byte> text, out int digits)
    {
        digits = 0;
        for (var length = 0; length < text.Length; length++)
        {
            switch (ClassOf(text[length]))
            {
                case Class.Letter:
                    break;
                case Class.Digit:
                    digits++;
                    break;
                case Class.Joiner when length > 0 && length + 1 < text.Length && ClassOf(text[length + 1]) is Class.Letter or Class.Digit:
                    break;
                default:
                    return Math.Max(1, length);
            }
        }
        return text.Length;
    }

    /// <summary>A capital letter begins it, and it is as long as the names of days and months are.</summary>
    public static bool MayBeName(ReadOnlySpan<byte> word) => word.Length is >= 3 and <= LongestName && word[0] is >= (byte)'A' and <= (byte)'Z';

    /// <summary>Nothing between two parts of one date but white space and a comma.</summary>
    public static bool IsGap(ReadOnlySpan<byte> text) => text.Length <= 3 && text.IndexOfAnyExcept(" ,\n"u8) < 0;

    public static DriftKinds KindOf(ReadOnlySpan<byte> text, int at, int length, int digits)
    {
        var word = text.Slice(at, length);
        if (digits == 0)
            return IsName(word, Weekdays) || (IsName(word, Months) && HasDigitBeside(text, at, length)) ? DriftKinds.Time : DriftKinds.None;
        if (IsUuid(word))
            return DriftKinds.Uuid;
        if (IsTime(word, digits))
            return DriftKinds.Time;
        if (word.IndexOfAnyExcept(NumberSigns) < 0)
            return DriftKinds.Number;
        return IsId(word, digits) ? DriftKinds.Id : DriftKinds.None;
    }

    private static bool IsName(ReadOnlySpan<byte> word, FrozenSet<string> names)
    {
        if (!MayBeName(word))
            return false;
        Span<char> name = stackalloc char[LongestName];
        return names.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name[..Encoding.ASCII.GetChars(word, name)]);
    }

    /// <summary>May is a month beside a figure, and March as well.</summary>
    private static bool HasDigitBeside(ReadOnlySpan<byte> text, int at, int length)
    {
        var behind = text[(at + length)..].TrimStart(" ,."u8);
        var before = text[..at].TrimEnd(" ,."u8);
        return (!behind.IsEmpty && Digits.Contains(behind[0])) || (!before.IsEmpty && Digits.Contains(before[^1]));
    }

    private static bool IsUuid(ReadOnlySpan<byte> word)
    {
        if (word.Length != UuidLength || word[8] != '-' || word[13] != '-' || word[18] != '-' || word[23] != '-')
            return false;
        return word[..8].IndexOfAnyExcept(HexDigits) < 0 && word[24..].IndexOfAnyExcept(HexDigits) < 0;
    }

    /// <summary>2026-11-21 with or without a time, 11/21/2026, 21.11.2026, 12:30, and seconds or milliseconds since 1970.</summary>
    private static bool IsTime(ReadOnlySpan<byte> word, int digits)
    {
        if (digits == word.Length)
            return word.Length is 10 or 13 && word[0] == '1';
        var first = word.IndexOfAnyExcept(Digits);
        if (first is not (1 or 2 or 4) || first + 1 >= word.Length || !Digits.Contains(word[first + 1]))
            return false;
        var rest = word[(first + 1)..];
        var second = rest.IndexOfAnyExcept(Digits);
        return word[first] switch
        {
            (byte)':' => first <= 2 && (second < 0 ? rest.Length == 2 : second == 2),
            (byte)'-' or (byte)'/' or (byte)'.' => second is 1 or 2 && rest[second] == word[first] && second + 1 < rest.Length && Digits.Contains(rest[second + 1])
                && (first == 4 || (word[first] != '-' && rest[(second + 1)..].Length is 2 or 4)),
            _ => false,
        };
    }

    /// <summary>Long and mixed, or a word with a number behind it.</summary>
    private static bool IsId(ReadOnlySpan<byte> word, int digits)
    {
        if (word.Length >= 8 && digits >= 3)
            return true;
        var join = word.LastIndexOfAny("-_"u8);
        return join > 0 && word.Length - join > 2 && word[(join + 1)..].IndexOfAnyExcept(Digits) < 0;
    }

    private static Class ClassOf(byte character) => Classes[character];

    private static Class[] ClassesOfBytes()
    {
        var classes = new Class[256];
        foreach (var character in " \t\r\n"u8)
            classes[character] = Class.Blank;
        foreach (var character in "-:.+/,"u8)
            classes[character] = Class.Joiner;
        for (var character = 0; character < 128; character++)
        {
            if (char.IsAsciiDigit((char)character))
                classes[character] = Class.Digit;
            else if (char.IsAsciiLetter((char)character) || character == '_')
                classes[character] = Class.Letter;
        }
        return classes;
    }

    private enum Class : byte
    {
        Other,
        Blank,
        Letter,
        Digit,
        Joiner,
    }
}
