using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Sluice.Insights.Imports.Locales;

namespace Sluice.Insights.Imports;

/// <summary>
/// Reads fields that can mean one thing only: plain amounts and ISO times, from UTF-8. What a file spells in its own way is read by its
/// <see cref="FieldSpelling"/>.
/// </summary>
internal static class FieldText
{
    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>No cloud had a bill before, and a time beyond the last is a mistake of whoever wrote it.</summary>
    private const int FirstYear = 2000, LastYear = 2099;

    private static readonly string[] Times = [
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss 'UTC'", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd"];

    public static bool IsNull(ReadOnlySpan<byte> text) => text.IsEmpty || (text.Length == 4 && Ascii.EqualsIgnoreCase(text, "null"u8));

    /// <summary>The amount of a field; null for an empty one.</summary>
    /// <returns>False where the text is no number.</returns>
    public static bool TryAmount(ReadOnlySpan<byte> text, out decimal? amount)
    {
        amount = null;
        if (IsNull(text))
            return true;
        if (decimal.TryParse(text, Plain, CultureInfo.InvariantCulture, out var value)
            || (NumberForm.TryParse(text, out var form) && form.Ambiguous != ',' && form.TryValue(DecimalMark.Point, out value)))
            amount = value;
        return amount is not null;
    }

    /// <summary>An amount or a day as an American spreadsheet shows it, such as <c>$10,000</c> and <c>5/1/25</c>.</summary>
    public static bool TryShownAmount(ReadOnlySpan<byte> text, out decimal? amount)
    {
        amount = NumberForm.TryParse(text, out var form) && form.TryValue(DecimalMark.Point, out var value) ? value : null;
        return amount is not null || IsNull(text);
    }

    public static bool TryShownTime(ReadOnlySpan<byte> text, out DateTimeOffset time) =>
        TryTime(text, out time) || (DateForm.TryParse(text, out var form) && form.TryTime(DateOrder.MonthFirst, out time));

    /// <summary>The time of a field, in UTC unless it says otherwise.</summary>
    public static bool TryTime(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        // The form of nearly every row: 2026-11-21T10:00:00Z, with or without fractions of 0.
        if (text.Length >= 20 && text[^1] == 'Z' && text[10] == 'T' && (text.Length == 20 || (text.Length == 24 && text[19..].SequenceEqual(".000Z"u8)))
            && TryDigits(text[..4], out var year) && TryDigits(text.Slice(5, 2), out var month) && TryDigits(text.Slice(8, 2), out var day)
            && TryDigits(text.Slice(11, 2), out var hour) && TryDigits(text.Slice(14, 2), out var minute) && TryDigits(text.Slice(17, 2), out var second)
            && year is >= FirstYear and <= LastYear && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month) && hour < 100 && minute < 60 && second < 60)
        {
            // ISO 8601 knows an hour 24, and examples of the FOCUS specification an hour 30: it is the next day's.
            time = new DateTimeOffset(year, month, day, 0, minute, second, TimeSpan.Zero).AddHours(hour);
            return true;
        }
        return DateTimeOffset.TryParseExact(
            Encoding.UTF8.GetString(text), Times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces, out time)
            && IsPlausible(time);
    }

    /// <summary>Whether a bill can have a time.</summary>
    public static bool IsPlausible(DateTimeOffset time) => time.Year is >= FirstYear and <= LastYear;

    /// <summary>Why a text is no time that a bill can have.</summary>
    /// <param name="name">Of the column or field.</param>
    /// <param name="text">That was refused.</param>
    /// <param name="example">Of a time as it should be, after "is no".</param>
    public static string NoTime(string name, string text, string example)
    {
        var isSome = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) && !IsPlausible(time);
        var isEpoch = decimal.TryParse(text, Plain, CultureInfo.InvariantCulture, out _) && text.Length > 4;
        return isSome || isEpoch ? $"{name} '{text}' lies outside the years {FirstYear} to {LastYear}, or is no {example}" : $"{name} '{text}' is no {example}";
    }

    /// <summary>The first of several fields that says anything; empty where none does.</summary>
    public static string First(params ReadOnlySpan<string?> texts)
    {
        foreach (var text in texts)
        {
            if (!string.IsNullOrEmpty(text))
                return text;
        }
        return "";
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int value) => Utf8Parser.TryParse(text, out value, out var read) && read == text.Length;
}
