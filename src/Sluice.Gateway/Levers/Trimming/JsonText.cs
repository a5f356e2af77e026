using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Sluice.Gateway.Levers.Trimming;

/// <summary>Takes the white space out between the tokens of JSON. Every token stays as it was written: the order of keys, the spelling of numbers, escapes, repeated keys.</summary>
internal static class JsonText
{
    private static readonly SearchValues<char> Blanks = SearchValues.Create(" \n\r\t");
    private static readonly SearchValues<char> StringEnd = SearchValues.Create("\"\\");

    /// <summary>Deeper names are not looked at.</summary>
    private const int SchemaDepth = 4;

    /// <summary>The compact form; null where the text is not valid JSON, is nested too deep, describes a schema, or is compact already.</summary>
    public static string? Compact(ReadOnlySpan<char> json, int maxDepth)
    {
        var buffer = ArrayPool<char>.Shared.Rent(json.Length);
        try
        {
            var length = Strip(json, buffer);
            return length > 0 && length < json.Length && IsData(buffer.AsSpan(0, length), maxDepth) ? new string(buffer, 0, length) : null;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    /// <summary>Copies all but the white space between tokens; 0 where two tokens would become one, or a string has no end.</summary>
    private static int Strip(ReadOnlySpan<char> json, Span<char> target)
    {
        var (length, depth) = (0, 0);
        for (var at = 0; at < json.Length;)
        {
            var c = json[at];
            switch (c)
            {
                case ' ' or '\n' or '\r' or '\t':
                    at = json[at..].IndexOfAnyExcept(Blanks) is >= 0 and var run ? at + run : json.Length;
                    if (length == 0 || at == json.Length)
                        break;
                    // Between two documents something has to stay; within one, white space alone separates nothing.
                    if (depth == 0)
                        target[length++] = '\n';
                    else if (!IsPunctuation(target[length - 1]) && !IsPunctuation(json[at]))
                        return 0;
                    break;
                case '"':
                    var end = EndOfString(json, at, json.Length);
                    if (end == 0)
                        return 0;
                    json[at..end].CopyTo(target[length..]);
                    length += end - at;
                    at = end;
                    break;
                default:
                    depth += c is '{' or '[' ? 1 : c is '}' or ']' ? -1 : 0;
                    target[length++] = c;
                    at++;
                    break;
            }
        }
        return length;
    }

    private static bool IsPunctuation(char c) => c is '{' or '}' or '[' or ']' or ',' or ':';

    /// <summary>Behind the quotation mark that ends the string which begins at <paramref name="start"/>; 0 where none does.</summary>
    public static int EndOfString(ReadOnlySpan<char> json, int start, int limit)
    {
        for (var at = start + 1; at < limit; at += 2)
        {
            var found = json[at..limit].IndexOfAny(StringEnd);
            if (found < 0)
                return 0;
            at += found;
            if (json[at] == '"')
                return at + 1;
        }
        return 0;
    }

    private static bool IsData(ReadOnlySpan<char> json, int maxDepth)
    {
        var utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(json.Length));
        try
        {
            var length = Encoding.UTF8.GetBytes(json, utf8);
            var reader = new Utf8JsonReader(utf8.AsSpan(0, length), new JsonReaderOptions { MaxDepth = maxDepth, AllowMultipleValues = true });
            while (reader.Read())
            {
                if (reader is { CurrentDepth: 0, TokenType: not (JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.EndObject or JsonTokenType.EndArray) })
                    return false;
                if (reader is { TokenType: JsonTokenType.PropertyName, CurrentDepth: <= SchemaDepth } && SaysSchema(ref reader))
                    return false;
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(utf8);
        }
    }

    /// <summary>
    /// Whether this name, or it with its value, is one that only descriptions of tools and of forms have. They are left as their owner wrote them.
    /// </summary>
    private static bool SaysSchema(ref Utf8JsonReader reader) => reader.ValueSpan.Length switch
    {
        4 => reader.ValueTextEquals("type"u8) && reader.Read() && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("object"u8),
        7 => reader.ValueTextEquals("$schema"u8) || reader.ValueTextEquals("openapi"u8) || reader.ValueTextEquals("swagger"u8),
        8 => reader.ValueTextEquals("toolSpec"u8),
        11 => reader.ValueTextEquals("inputSchema"u8),
        12 => reader.ValueTextEquals("input_schema"u8),
        _ => false,
    };
}
