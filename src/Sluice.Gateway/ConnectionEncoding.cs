using System.Text;

namespace Sluice.Gateway;

/// <summary>
/// Latin-1 for the <c>Connection</c> field. Kestrel replaces a field in which it finds "close" or "keep-alive" alone by that
/// word, and so forgets which other fields it names; those must end here. It keeps a field that holds both, where "close"
/// wins. So "close" is read as both, and "keep-alive" is left out beside a name: HTTP/1.1 keeps alive anyway.
/// </summary>
internal sealed class ConnectionEncoding : Encoding
{
    private const string Close = "close";
    private const string KeepAlive = "keep-alive";

    public override int GetCharCount(byte[] bytes, int index, int count) => Read(bytes.AsSpan(index, count)).Length;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        var text = Read(bytes.AsSpan(byteIndex, byteCount));
        text.CopyTo(chars.AsSpan(charIndex));
        return text.Length;
    }

    public override int GetMaxCharCount(int byteCount) => byteCount + KeepAlive.Length + 1;

    public override int GetByteCount(char[] chars, int index, int count) => Latin1.GetByteCount(chars, index, count);

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetMaxByteCount(int charCount) => charCount;

    private static string Read(ReadOnlySpan<byte> bytes)
    {
        var text = Latin1.GetString(bytes);
        var options = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (Has(options, Close))
            return Has(options, KeepAlive) ? text : $"{text},{KeepAlive}";
        return options.Length > 1 && Has(options, KeepAlive)
            ? string.Join(',', options.Where(o => !o.Equals(KeepAlive, StringComparison.OrdinalIgnoreCase)))
            : text;
    }

    private static bool Has(string[] options, string option) => options.Contains(option, StringComparer.OrdinalIgnoreCase);
}
