using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sluice.Gateway.Levers.SemanticRecall;

/// <summary>
/// One text for all JSON that means the same: no white space, members by name, strings in one escaping, and numbers by what they
/// amount to, so that 1, 1.0 and 10e-1 are one. What is no JSON as a whole has none.
/// </summary>
internal static class CanonicalJson
{
    public static string? Of(string text)
    {
        if (!MayBegin(text.AsSpan().TrimStart()))
            return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            var buffer = new ArrayBufferWriter<byte>();
            using (var writer = new Utf8JsonWriter(buffer))
            {
                if (!TryWrite(document.RootElement, writer))
                    return null;
            }
            return Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escaped half of a surrogate pair.
            return null;
        }
    }

    /// <summary>Most answers are prose, for which no exception should be thrown and caught.</summary>
    private static bool MayBegin(ReadOnlySpan<char> text) => !text.IsEmpty && (text[0] is '{' or '[' or '"' or '-' || char.IsAsciiDigit(text[0]));

    /// <summary>False where a name stands twice: which of the two holds is for each reader to say.</summary>
    private static bool TryWrite(JsonElement element, Utf8JsonWriter writer)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                string? last = null;
                foreach (var member in element.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    if (member.Name == last)
                        return false;
                    writer.WritePropertyName(last = member.Name);
                    if (!TryWrite(member.Value, writer))
                        return false;
                }
                writer.WriteEndObject();
                return true;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    if (!TryWrite(item, writer))
                        return false;
                }
                writer.WriteEndArray();
                return true;
            case JsonValueKind.Number:
                writer.WriteRawValue(Number(element.GetRawText()));
                return true;
            default:
                element.WriteTo(writer);
                return true;
        }
    }

    /// <summary>Digits without zeros at either end, and a power of ten: exact for numbers of any length.</summary>
    private static string Number(string raw)
    {
        var exponentAt = raw.AsSpan().IndexOfAny('e', 'E');
        var exponent = 0L;
        if (exponentAt >= 0 && (!long.TryParse(raw.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || Math.Abs(exponent) > int.MaxValue))
            return raw;
        var number = exponentAt < 0 ? raw : raw[..exponentAt];
        var isNegative = number[0] == '-';
        var point = number.IndexOf('.', StringComparison.Ordinal);
        exponent -= point < 0 ? 0 : number.Length - point - 1;
        var digits = number.Replace(".", "", StringComparison.Ordinal).TrimStart('-').TrimStart('0');
        var significant = digits.TrimEnd('0');
        return significant.Length == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{(isNegative ? "-" : "")}{significant}e{exponent + (digits.Length - significant.Length)}");
    }
}
