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
