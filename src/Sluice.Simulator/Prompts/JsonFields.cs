using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Prompts;

/// <summary>Reads fields of a request's body; what has the wrong type is the caller's mistake and refused as AWS refuses it.</summary>
internal static class JsonFields
{
    public delegate T Utf8Reader<out T>(ReadOnlySpan<byte> utf8);

    /// <summary>The field, or null where it is absent or JSON's null.</summary>
    public static JsonElement? Field(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    public static string? Text(this JsonElement element, ReadOnlySpan<byte> name) => element.Field(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw WrongType(name, "String"),
    };

    public static int? Int(this JsonElement element, ReadOnlySpan<byte> name) => element.Field(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out var number) => number,
        _ => throw WrongType(name, "Integer"),
    };

    public static bool Flag(this JsonElement element, ReadOnlySpan<byte> name) => element.Field(name) switch
    {
        null => false,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw WrongType(name, "Boolean"),
    };

    /// <summary>The field's elements; none where it is absent.</summary>
    public static JsonElement.ArrayEnumerator Items(this JsonElement element, ReadOnlySpan<byte> name) => element.Field(name) switch
    {
        null => default,
        { ValueKind: JsonValueKind.Array } value => value.EnumerateArray(),
        _ => throw WrongType(name, "JSONArray"),
    };

    /// <summary>The strings of an array field, or of one string in its place.</summary>
    public static IReadOnlyList<string> Texts(this JsonElement element, ReadOnlySpan<byte> name)
    {
        if (element.Field(name) is { ValueKind: JsonValueKind.String } one)
            return [one.GetString()!];
        List<string>? texts = null;
        foreach (var item in element.Items(name))
        {
            if (item.ValueKind != JsonValueKind.String)
                throw WrongType(name, "JSONArray of String");
            (texts ??= []).Add(item.GetString()!);
        }
        return texts ?? (IReadOnlyList<string>)[];
    }

    /// <summary>Reads the unescaped UTF-8 of a string element, as a rule where it lies, without a copy.</summary>
    public static T ReadUtf8<T>(this JsonElement text, Utf8Reader<T> read)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text)[1..^1];
        if (!raw.Contains((byte)'\\'))
            return read(raw);
        var unescaped = text.GetString()!;
        var rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(unescaped.Length));
        try
        {
            return read(rented.AsSpan(0, Encoding.UTF8.GetBytes(unescaped, rented)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static Refusal WrongType(ReadOnlySpan<byte> name, string expected) => Refusal.Validation(
        $"Malformed input request: #/{Encoding.UTF8.GetString(name)}: expected type: {expected}, please reformat your input and try again.");
}
