namespace Sluice.Bedrock.Json;

/// <summary>Sizes of text that still stands in its JSON escapes.</summary>
internal static class EscapedText
{
    /// <summary>The UTF-8 bytes that the inside of a JSON string stands for, without decoding it.</summary>
    public static int CountBytes(ReadOnlySpan<byte> raw)
    {
        var count = 0;
        while (true)
        {
            var escape = raw.IndexOf((byte)'\\');
            if (escape < 0 || escape + 1 >= raw.Length)
                return count + raw.Length;
            count += escape;
            var isUnicode = raw[escape + 1] == 'u' && escape + 6 <= raw.Length;
            count += isUnicode ? CountBytes(CodeUnit(raw.Slice(escape + 2, 4))) : 1;
            raw = raw[(escape + (isUnicode ? 6 : 2))..];
        }
    }

    /// <summary>
    /// Writes the UTF-8 that the inside of a JSON string stands for; half of a surrogate pair alone becomes three bytes, which
    /// no text has.
    /// </summary>
    /// <param name="raw">Has been read as a JSON string before.</param>
    /// <param name="text">As long as <paramref name="raw"/>.</param>
    /// <returns>The bytes written.</returns>
    public static int Unescape(ReadOnlySpan<byte> raw, Span<byte> text)
    {
        var written = 0;
        while (true)
        {
            var escape = raw.IndexOf((byte)'\\');
            var plain = escape < 0 ? raw : raw[..escape];
            plain.CopyTo(text[written..]);
            written += plain.Length;
            if (escape < 0)
                return written;
            if (raw[escape + 1] != 'u')
            {
                text[written++] = Plain(raw[escape + 1]);
                raw = raw[(escape + 2)..];
                continue;
            }
            var scalar = CodeUnit(raw.Slice(escape + 2, 4));
            raw = raw[(escape + 6)..];
            if (scalar is >= 0xD800 and <= 0xDBFF && raw.Length >= 6 && raw[0] == '\\' && raw[1] == 'u'
                && CodeUnit(raw.Slice(2, 4)) is >= 0xDC00 and <= 0xDFFF and var low)
            {
                scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00);
                raw = raw[6..];
            }
            written += Encode(scalar, text[written..]);
        }
    }

    private static byte Plain(byte escaped) => escaped switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => escaped,
    };

    private static int Encode(int scalar, Span<byte> text)
    {
        switch (scalar)
        {
            case < 0x80:
                text[0] = (byte)scalar;
                return 1;
            case < 0x800:
                text[0] = (byte)(0xC0 | (scalar >> 6));
                text[1] = (byte)(0x80 | (scalar & 0x3F));
                return 2;
            case < 0x10000:
                text[0] = (byte)(0xE0 | (scalar >> 12));
                text[1] = (byte)(0x80 | ((scalar >> 6) & 0x3F));
                text[2] = (byte)(0x80 | (scalar & 0x3F));
                return 3;
            default:
                text[0] = (byte)(0xF0 | (scalar >> 18));
                text[1] = (byte)(0x80 | ((scalar >> 12) & 0x3F));
                text[2] = (byte)(0x80 | ((scalar >> 6) & 0x3F));
                text[3] = (byte)(0x80 | (scalar & 0x3F));
                return 4;
        }
    }

    /// <summary>UTF-8 bytes of one UTF-16 code unit; each half of a surrogate pair counts two of the pair's four.</summary>
    public static int CountBytes(int codeUnit) => codeUnit switch
    {
        < 0x80 => 1,
        < 0x800 => 2,
        >= 0xD800 and <= 0xDFFF => 2,
        _ => 3,
    };

    /// <summary>The value of hexadecimal digits; a byte that is none counts as 0, since sizes need no validation.</summary>
    public static int CodeUnit(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits)
            value = (value << 4) | HexDigit(digit);
        return value;
    }

    /// <summary>The value of one hexadecimal digit, or 0 for another byte.</summary>
    public static int HexDigit(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => 0,
    };
}
