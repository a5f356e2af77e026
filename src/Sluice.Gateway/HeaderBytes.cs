using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Sluice.Gateway;

/// <summary>
/// Header values are kept as Latin-1 text, one character a byte, at both ends of the gateway. So they pass as the bytes that
/// came, whatever encoding their sender had in mind.
/// </summary>
public static class HeaderBytes
{
    /// <summary>Everything but the tab below the space, and DEL: no server or client takes these in a value (RFC 9110, section 5.5).</summary>
    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Append(0x7F).Select(c => (char)c).Where(c => c != '\t')]);

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly ConnectionEncoding Connection = new();

    /// <summary>Has a server read and write header values byte by byte.</summary>
    public static void Keep(KestrelServerOptions kestrel)
    {
        kestrel.RequestHeaderEncodingSelector = static name => name.Equals("Connection", StringComparison.OrdinalIgnoreCase) ? Connection : Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
    }

    /// <summary>The first character that can't be part of a value on the wire, or -1.</summary>
    public static int IndexOfUnsendable(ReadOnlySpan<char> value)
    {
        var control = value.IndexOfAny(Controls);
        var wide = value.IndexOfAnyExceptInRange('\0', '\u00FF');
        return control < 0 || wide < 0 ? Math.Max(control, wide) : Math.Min(control, wide);
    }

    /// <summary>The value without what can't be sent.</summary>
    public static string Sendable(string value) =>
        IndexOfUnsendable(value) < 0 ? value : string.Concat(value.Where(c => IndexOfUnsendable([c]) < 0));

    /// <summary>What a value says: UTF-8 if its bytes are that, otherwise the Latin-1 that it is held as.</summary>
    public static string Text(string value)
    {
        if (Ascii.IsValid(value))
            return value;
        try
        {
            return Utf8.GetString(Encoding.Latin1.GetBytes(value));
        }
        catch (DecoderFallbackException)
        {
            return value;
        }
    }
}
