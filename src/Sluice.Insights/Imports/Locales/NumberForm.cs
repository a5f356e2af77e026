using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sluice.Insights.Imports.Locales;

/// <summary>What the spelling of one number allows it to be.</summary>
/// <param name="Proves">The decimal mark that it must have, or null where it fits both.</param>
/// <param name="Ambiguous">The mark that is in it once, before three digits: it groups thousands or begins the decimals. 0 for none.</param>
/// <param name="Negative">By a sign on either side, or by parentheses.</param>
/// <param name="Digits">Digits, marks and exponent, without signs, currency and marks that only group.</param>
internal readonly record struct NumberForm(DecimalMark? Proves, char Ambiguous, bool Negative, string Digits)
{
    private const int MaxLength = 64;

    /// <summary>Which marks group thousands and nothing else: spaces and apostrophes as spreadsheets have them.</summary>
    private static readonly SearchValues<char> Groupers = SearchValues.Create(" \u00A0\u2009\u202F'\u2019");

    /// <returns>False where the text is no number in any spelling.</returns>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out NumberForm form)
    {
        form = default;
        var text = utf8.Length <= MaxLength ? Encoding.UTF8.GetString(utf8).Trim() : "";
        if (!TryTakeSign(ref text, out var negative))
            return false;
        var exponent = "";
        if (text.IndexOfAny(['e', 'E']) is >= 0 and var at)
        {
            exponent = text[at..];
            text = text[..at];
            var digits = exponent.AsSpan(1);
            if (digits is ['+' or '-', ..])
                digits = digits[1..];
            if (digits.Length is 0 or > 3 || digits.ContainsAnyExceptInRange('0', '9'))
                return false;
        }
        if (!TryReadMantissa(text, exponent.Length > 0, out var proves, out var ambiguous, out var mantissa))
            return false;
        form = new NumberForm(proves, ambiguous, negative, mantissa + exponent);
        return true;
    }

    /// <summary>The number, where its decimal mark is this one.</summary>
    /// <returns>False where it has another, or is larger than any amount.</returns>
    public bool TryValue(DecimalMark mark, out decimal value)
    {
        value = 0;
        if (Proves is { } proven && proven != mark)
            return false;
        var (point, group) = mark == DecimalMark.Point ? ('.', ",") : (',', ".");
        var plain = Digits.Replace(group, "", StringComparison.Ordinal).Replace(point, '.');
        if (!decimal.TryParse(plain, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value))
            return false;
        value = Negative ? -value : value;
        return true;
    }

    /// <summary>Takes off one sign, or parentheses, and a dollar sign. Other currencies are left: a bill's currency is in a column of its own.</summary>
    private static bool TryTakeSign(ref string text, out bool negative)
    {
        negative = text is ['(', _, .., ')'];
        var isSigned = negative;
        if (negative)
            text = text[1..^1].Trim();
        if (!TrySign(ref text, ref negative, ref isSigned))
            return false;
        if (text.StartsWith('$'))
            text = text[1..].TrimStart();
        else if (text.EndsWith('$'))
            text = text[..^1].TrimEnd();
        return TrySign(ref text, ref negative, ref isSigned) && text.Length > 0;
    }

    private static bool TrySign(ref string text, ref bool negative, ref bool isSigned)
    {
        const string Signs = "+-\u2212";
        var isBefore = text.Length > 0 && Signs.Contains(text[0], StringComparison.Ordinal);
        // Accounting systems write the sign last.
        var isAfter = !isBefore && text is [_, .., '-' or '\u2212'];
        if (!isBefore && !isAfter)
            return true;
        if (isSigned)
            return false;
        isSigned = true;
        negative = (isBefore ? text[0] : text[^1]) != '+';
        text = (isBefore ? text[1..] : text[..^1]).Trim();
        return true;
    }

    private static bool TryReadMantissa(string text, bool hasExponent, out DecimalMark? proves, out char ambiguous, out string digits)
    {
        (proves, ambiguous, digits) = (null, '\0', text);
        if (!text.AsSpan().ContainsAnyInRange('0', '9'))
            return false;
        var last = text.LastIndexOfAny(['.', ',']);
        if (text.AsSpan().IndexOfAny(Groupers) is >= 0 and var at)
        {
            // Something else groups, so a point or comma can only begin the decimals.
            var whole = last < 0 ? text : text[..last];
            if (!IsGrouped(whole, text[at]) || (last >= 0 && !IsDigits(text.AsSpan(last + 1))))
                return false;
            digits = string.Concat(whole.Where(char.IsAsciiDigit)) + (last < 0 ? "" : text[last..]);
            proves = last < 0 ? null : Mark(text[last]);
            return true;
        }
        if (last < 0)
            return IsDigits(text);
        var mark = text[last];
        var before = text[..last];
        var after = text.AsSpan(last + 1);
        if (!IsDigits(after))
            return false;
        if (before.IndexOfAny(['.', ',']) < 0)
        {
            if (!IsDigits(before))
                return false;
            var canGroup = before.Length is >= 1 and <= 3 && before[0] != '0' && after.Length == 3 && !hasExponent;
            (proves, ambiguous) = (canGroup ? null : Mark(mark), canGroup ? mark : '\0');
            return true;
        }
        if (before.Contains(mark, StringComparison.Ordinal))
        {
            // The same mark several times groups, so the other one is the decimal mark.
            proves = mark == '.' ? DecimalMark.Comma : DecimalMark.Point;
            return IsGrouped(text, mark) && !hasExponent;
        }
        proves = Mark(mark);
        return IsGrouped(before, mark == '.' ? ',' : '.');
    }

    private static DecimalMark Mark(char mark) => mark == '.' ? DecimalMark.Point : DecimalMark.Comma;

    private static bool IsDigits(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');

    /// <summary>Whether one mark stands before each three digits, and at most three digits before the first.</summary>
    private static bool IsGrouped(string text, char mark)
    {
        var groups = text.Split(mark);
        return groups.Length > 1 && groups[0].Length is >= 1 and <= 3 && groups[0][0] != '0' && Array.TrueForAll(groups, g => IsDigits(g))
            && groups.AsSpan(1).ToArray().All(g => g.Length == 3);
    }
}
