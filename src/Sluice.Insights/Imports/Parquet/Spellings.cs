using System.Globalization;
using System.Numerics;
using System.Text;
using Parquet.Data;

namespace Sluice.Insights.Imports.Parquet;

/// <summary>Writes a value as UTF-8; false if it doesn't fit.</summary>
internal delegate bool Spelling<T>(T value, Span<byte> text, out int written);

/// <summary>How typed values are spelled: as AWS's exports spell them in CSV, exactly.</summary>
internal static class Spellings
{
    /// <summary>A decimal has up to 38 digits, a double up to 24 characters.</summary>
    public const int MaxBytes = 128;

    private static ReadOnlySpan<byte> Milliseconds => "0000-00-00T00:00:00.000Z"u8;

    public static bool Flag(bool value, Span<byte> text, out int written) => Encoding.UTF8.TryGetBytes(value ? "true" : "false", text, out written);

    /// <summary>Numbers in the fewest digits that mean the same binary value.</summary>
    public static bool Plain<T>(T value, Span<byte> text, out int written)
        where T : IUtf8SpanFormattable => value.TryFormat(text, out written, default, CultureInfo.InvariantCulture);

    public static bool Day(DateOnly value, Span<byte> text, out int written) => value.TryFormat(text, out written, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>In UTC, which is what a time without a zone is taken for.</summary>
    public static bool Moment(DateTime value, Span<byte> text, out int written)
    {
        if (value.Ticks % TimeSpan.TicksPerMillisecond != 0 || text.Length < Milliseconds.Length)
            return value.TryFormat(text, out written, "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
        // Times of milliseconds are most of what a bill has, and a format is read anew for each.
        Milliseconds.CopyTo(text);
        Digits(text[..4], value.Year);
        Digits(text[5..7], value.Month);
        Digits(text[8..10], value.Day);
        Digits(text[11..13], value.Hour);
        Digits(text[14..16], value.Minute);
        Digits(text[17..19], value.Second);
        Digits(text[20..23], value.Millisecond);
        written = Milliseconds.Length;
        return true;
    }

    public static bool Number(BigDecimal value, Span<byte> text, out int written)
    {
        var digits = BigInteger.Abs(value.UnscaledValue).ToString(CultureInfo.InvariantCulture).PadLeft(value.Scale + 1, '0');
        var point = digits.Length - value.Scale;
        var number = (value.UnscaledValue.Sign < 0 ? "-" : "") + digits[..point] + (value.Scale > 0 ? "." + digits[point..] : "");
        return Encoding.UTF8.TryGetBytes(number, text, out written);
    }

    private static void Digits(Span<byte> text, int number)
    {
        for (var i = text.Length - 1; i >= 0; i--, number /= 10)
            text[i] = (byte)('0' + (number % 10));
    }

    /// <returns>How many bytes it takes.</returns>
    /// <exception cref="InvalidDataException">It is longer than any value that a bill has.</exception>
    public static int Spell<T>(T value, Spelling<T> spell, Span<byte> text) =>
        spell(value, text, out var written) ? written : throw new InvalidDataException("a number has more digits than any can have");
}
