using System.Buffers;
using System.Text;

namespace Sluice.Bedrock.Signing;

/// <summary>Percent-encoding as SigV4 wants it: all but RFC 3986's unreserved characters, with capital digits.</summary>
internal static class PercentEncoding
{
    private const string UnreservedCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private static readonly SearchValues<char> Unreserved = SearchValues.Create(UnreservedCharacters);
    private static readonly SearchValues<char> UnreservedOrSlash = SearchValues.Create(UnreservedCharacters + "/");

    /// <summary>Encodes text as it stands: a percent sign becomes <c>%25</c>.</summary>
    public static void AppendEncoded(ref this Utf8Builder output, scoped ReadOnlySpan<char> text, bool keepSlash = false)
    {
        while (!text.IsEmpty)
        {
            var plain = text.IndexOfAnyExcept(keepSlash ? UnreservedOrSlash : Unreserved);
            if (plain < 0)
                plain = text.Length;
            output.Append(text[..plain]);
            text = text[plain..];
            if (!text.IsEmpty)
                text = text[AppendOneEncoded(ref output, text)..];
        }
    }

    /// <summary>Encodes text that may be encoded already, so that all ways of writing it become one.</summary>
    public static void AppendReencoded(ref this Utf8Builder output, scoped ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (text is ['%', var high, var low, ..] && char.IsAsciiHexDigit(high) && char.IsAsciiHexDigit(low))
            {
                AppendByte(ref output, (byte)((HexValue(high) << 4) | HexValue(low)));
                text = text[3..];
            }
            else
            {
                text = text[AppendOneEncoded(ref output, text)..];
            }
        }
    }

    /// <summary>Appends the first character and says how many UTF-16 units it took.</summary>
    private static int AppendOneEncoded(ref Utf8Builder output, scoped ReadOnlySpan<char> text)
    {
        // A lone surrogate becomes U+FFFD, as it would on its way to the wire.
        Rune.DecodeFromUtf16(text, out var rune, out var used);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
            AppendByte(ref output, b);
        return used;
    }

    private static void AppendByte(ref Utf8Builder output, byte value)
    {
        if (Unreserved.Contains((char)value))
        {
            output.Append(value);
            return;
        }
        output.Append((byte)'%');
        output.Append("0123456789ABCDEF"u8[value >> 4]);
        output.Append("0123456789ABCDEF"u8[value & 15]);
    }

    private static int HexValue(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
