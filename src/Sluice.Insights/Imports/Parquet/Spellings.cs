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

    public static bool Flag(bool value, Span<byte> text, out int written) => Encoding.UTF8.TryGetBytes(value ? "true" : "false", text, out written);

    /// <summary>Numbers in the fewest digits that mean the same binary value.</summary>
    public static bool Plain<T>(T value, Span<byte> text, out int written)
        where T : IUtf8SpanFormattable => value.TryFormat(text, out written, default, CultureInfo.InvariantCulture);

    public static bool Day(DateOnly value, Span<byte> text, out int written) => value.TryFormat(text, out written, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>In UTC, which is what a time without a zone is taken for.</summary>
    public static bool Moment(DateTime value, Span<byte> text, out int written) => value.TryFormat(
        text, out written, value.Ticks % TimeSpan.TicksPerMillisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss.fff'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    public static bool Number(BigDecimal value, Span<byte> text, out int written)
    {
        var digits = BigInteger.Abs(value.UnscaledValue).ToString(CultureInfo.InvariantCulture).PadLeft(value.Scale + 1, '0');
        var point = digits.Length - value.Scale;
        var number = (value.UnscaledValue.Sign < 0 ? "-" : "") + digits[..point] + (value.Scale > 0 ? "." + digits[point..] : "");
        return Encoding.UTF8.TryGetBytes(number, text, out written);
    }

    /// <returns>How many bytes it takes.</returns>
    /// <exception cref="InvalidDataException">It is longer than any value that a bill has.</exception>
    public static int Spell<T>(T value, Spelling<T> spell, Span<byte> text) =>
        spell(value, text, out var written) ? written : throw new InvalidDataException("a number has more digits than any can have");
}
