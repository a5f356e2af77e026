using System.Globalization;
using Sluice.Core;

namespace Sluice.Output;

/// <summary>A cell of CSV that is opened in a spreadsheet.</summary>
internal static class CsvCell
{
    // The signs and their full-width forms, which spreadsheets take for the same.
    private const string BeginFormulas = "=+-@\uFF1D\uFF0B\uFF0D\uFF20";

    private const NumberStyles Number = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    /// <summary>
    /// Text that a spreadsheet would run as a formula gets an apostrophe in front, as OWASP's "CSV Injection" asks for; so does
    /// text that begins with a tab or a line break. Numbers stay as they are.
    /// </summary>
    public static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var plain = PlainText.Of(text, int.MaxValue);
        var first = plain.AsSpan().TrimStart();
        var isRisky = text[0] is '\t' or '\r' or '\n' || (first.Length > 0 && BeginFormulas.Contains(first[0]));
        return isRisky && !double.TryParse(text, Number, CultureInfo.InvariantCulture, out _) ? "'" + plain : plain;
    }
}
