using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Json;

/// <summary>Fields of JSON objects as bills have them: numbers as numbers or text, maps as objects or lists of pairs, times in several forms.</summary>
internal static class JsonFields
{
    public static JsonElement Field(this JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) ? value : default;

    public static bool Has(this JsonElement owner, string name) => owner.Field(name).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>The text of a field, of an object or list its JSON; empty where it is missing or null.</summary>
    public static string Text(this JsonElement owner, string name) => owner.Field(name).Text();

    /// <summary>The same of a value.</summary>
    public static string Text(this JsonElement value) => JsonText.Of(value);

    public static IEnumerable<JsonElement> Items(this JsonElement owner, string name) =>
        owner.Field(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    /// <summary>A number, which may be in quotes; null where it is missing.</summary>
    /// <returns>False where it is there and no number.</returns>
    public static bool TryAmount(this JsonElement owner, string name, out decimal? amount)
    {
        var field = owner.Field(name);
        amount = null;
        switch (field.ValueKind)
        {
            case JsonValueKind.Undefined or JsonValueKind.Null:
                return true;
            case JsonValueKind.Number:
                // More digits than a decimal has are rounded, as everywhere.
                if (!decimal.TryParse(JsonMarshal.GetRawUtf8Value(field), NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
                    return false;
                amount = value;
                return true;
            case JsonValueKind.String:
                return FieldText.TryAmount(Encoding.UTF8.GetBytes(field.Text()), out amount);
            default:
                return false;
        }
    }

    /// <summary>A count that is not there is 0, as APIs leave them out.</summary>
    public static decimal Count(this JsonElement owner, string name) => owner.TryAmount(name, out var amount) ? amount ?? 0 : 0;

    /// <summary>A time: seconds since 1970, or text in UTC unless it says otherwise.</summary>
    public static bool TryTime(this JsonElement owner, string name, out DateTimeOffset time) => owner.Field(name).TryTime(out time);

    public static bool TryTime(this JsonElement field, out DateTimeOffset time)
    {
        time = default;
        if (field.ValueKind == JsonValueKind.Number && field.TryGetDecimal(out var seconds) && seconds is > 0 and < 100_000_000_000)
        {
            time = DateTimeOffset.FromUnixTimeSeconds((long)seconds);
            return FieldText.IsPlausible(time);
        }
        return field.ValueKind == JsonValueKind.String && (FieldText.TryTime(Encoding.UTF8.GetBytes(field.Text()), out time)
            // Other forms of ISO 8601; a text such as 3/11/2026 tells no day.
            || (field.Text() is [>= '0' and <= '9', >= '0' and <= '9', >= '0' and <= '9', >= '0' and <= '9', '-', ..] text
                && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time) && FieldText.IsPlausible(time)));
    }

    /// <summary>Why the first of some fields that is no time isn't one.</summary>
    public static string NoTime(this JsonElement owner, string example, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (!owner.TryTime(name, out _))
                return owner.Has(name) ? FieldText.NoTime(name, owner.Text(name), example) : $"{name} is missing, which is a {example}";
        }
        throw new ArgumentException("Each of them is a time.", nameof(names));
    }

    /// <summary>The pairs of a map: an object, or a list of <c>{"key","value"}</c>.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Pairs(this JsonElement owner, string name)
    {
        var field = owner.Field(name);
        if (field.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in field.EnumerateObject())
                yield return new(member.Name, field.Text(member.Name));
        }
        else
        {
            foreach (var item in owner.Items(name))
                yield return new(item.Text("key"), item.Text("value"));
        }
    }
}
