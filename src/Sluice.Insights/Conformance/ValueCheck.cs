using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Sluice.Insights.Imports;

namespace Sluice.Insights.Conformance;

/// <summary>Holds one value to the format of its column.</summary>
internal static class ValueCheck
{
    /// <summary>What stands in for a null in files of people who had none; the null itself is an empty field or <c>null</c>.</summary>
    private static readonly string[] Placeholders = ["Not Applicable", "N/A", "NA", "None", "Unknown", "-"];

    /// <summary>No allowed value is longer.</summary>
    private const int MostAllowed = 64;

    private static readonly HashSet<string> PriceProperties =
    [
        "CoreCount", "DiskMaxIops", "DiskSpace", "DiskType", "GpuCount", "InstanceType", "InstanceSeries", "MemorySize", "NetworkMaxIops", "NetworkMaxThroughput", "OperatingSystem", "Redundancy", "StorageClass",
    ];

    /// <param name="excerpt">Take amounts and days as a spreadsheet shows them.</param>
    /// <returns>The broken rule's id, what is wrong and the fix; null for none.</returns>
    public static (string Id, string What, string Fix)? Check(FocusColumn column, ReadOnlySpan<byte> value, bool excerpt)
    {
        if (FieldText.IsNull(value))
            return column.AllowsNulls ? null : ("null-not-allowed", "it is null", "give every row a value");
        return column.Format switch
        {
            ValueFormat.Decimal or ValueFormat.NonNegativeDecimal => Number(column, value, excerpt),
            ValueFormat.DateTime => IsMoment(value) || (excerpt && FieldText.TryShownTime(value, out _)) ? null : ("time-format", "it is no moment in UTC", "write it as 2026-11-21T10:00:00Z"),
            ValueFormat.NationalCurrency when !Currencies.Codes.Contains(Text(value)) => ("currency-code", "it is no ISO 4217 code", "write three capitals, such as USD"),
            ValueFormat.AnyCurrency when Text(value) is { } code && !Currencies.Codes.Contains(code) && Currencies.Codes.Contains(code.ToUpperInvariant()) =>
                ("currency-code", "a national currency is not in capitals", $"write {code.ToUpperInvariant()}"),
            ValueFormat.KeyValue => Json(column, value, isFlat: true),
            ValueFormat.JsonObject => Json(column, value, isFlat: false),
            ValueFormat.Text or ValueFormat.Unit => Words(column, value),
            _ => null,
        };
    }

    private static (string Id, string What, string Fix)? Words(FocusColumn column, ReadOnlySpan<byte> value)
    {
        if (column.Allowed is { } allowed && !IsAllowed(allowed, value))
            return ("allowed-value", "it is none of the allowed values", allowed.Count <= 6 ? $"use {string.Join(", ", allowed.Order(StringComparer.Ordinal))}" : "use a value that FOCUS lists");
        if (Ascii.Trim(value) is { Start: var start, End: var end } && start.Equals(end))
            return ("blank", "it consists of spaces", column.AllowsNulls ? "leave the field empty for null" : "give a value");
        foreach (var placeholder in Placeholders)
        {
            if (Ascii.EqualsIgnoreCase(value, placeholder))
                return ("placeholder", "it stands in for a null", column.AllowsNulls ? "leave the field empty for null" : "give the value");
        }
        return null;
    }

    /// <summary>Asked for each row, so that no text is made of the value.</summary>
    private static bool IsAllowed(FrozenSet<string> allowed, ReadOnlySpan<byte> value)
    {
        Span<char> text = stackalloc char[MostAllowed];
        return value.Length <= MostAllowed && Encoding.UTF8.TryGetChars(value, text, out var length) && allowed.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text[..length]);
    }

    private static (string Id, string What, string Fix)? Number(FocusColumn column, ReadOnlySpan<byte> value, bool excerpt)
    {
        if (!IsNumber(value) && !(excerpt && FieldText.TryShownAmount(value, out _)))
            return ("decimal-format", "it is no plain number", "write digits, one point and a minus sign where it is negative: no commas, currency signs, spaces or plus");
        return column.Format == ValueFormat.NonNegativeDecimal && FieldText.TryShownAmount(value, out var amount) && amount < 0
            ? ("negative-price", "a unit price is negative", "put the sign into the quantity and the costs") : null;
    }

    private static (string Id, string What, string Fix)? Json(FocusColumn column, ReadOnlySpan<byte> value, bool isFlat)
    {
        try
        {
            var reader = new Utf8JsonReader(value);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return ("json-object", "it is no JSON object", "write {\"key\": \"value\"}");
            var keys = new HashSet<string>(StringComparer.Ordinal);
            while (reader.Read())
            {
                if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var key = reader.GetString()!;
                    if (!keys.Add(key))
                        return ("json-key-twice", $"the key '{key}' is there twice", "name each key once");
                    if (column.Name == "SkuPriceDetails" && !key.StartsWith("x_", StringComparison.Ordinal) && !PriceProperties.Contains(key))
                        return ("price-detail-key", $"the key '{key}' is none of FOCUS's", "begin keys of your own with x_");
                }
                else if (isFlat && reader.CurrentDepth == 1 && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    return ("json-nested", "a value is an object or an array", "use text, numbers, true, false or null");
            }
            return null;
        }
        catch (JsonException)
        {
            return ("json-object", "it is no JSON object", "write {\"key\": \"value\"}");
        }
    }

    /// <summary>Digits with at most one point, a minus where negative, and an exponent without a plus.</summary>
    private static bool IsNumber(ReadOnlySpan<byte> value)
    {
        if (value is [(byte)'-', ..])
            value = value[1..];
        var exponent = value.IndexOfAny((byte)'E', (byte)'e');
        if (exponent >= 0)
        {
            var power = value[(exponent + 1)..];
            if (power is [(byte)'-', ..])
                power = power[1..];
            if (power.IsEmpty || power.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
                return false;
            value = value[..exponent];
        }
        var point = value.IndexOf((byte)'.');
        var whole = point < 0 ? value : value[..point];
        var part = point < 0 ? default : value[(point + 1)..];
        return whole.Length + part.Length > 0 && !whole.ContainsAnyExceptInRange((byte)'0', (byte)'9') && !part.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }

    /// <summary><c>yyyy-MM-ddTHH:mm:ssZ</c>, with a fraction of seconds or without.</summary>
    private static bool IsMoment(ReadOnlySpan<byte> value) =>
        value.Length >= 20 && value[10] == 'T' && value[^1] == 'Z' && value[13] == ':' && value[16] == ':' && value[4] == '-' && value[7] == '-'
        && (value.Length == 20 || (value[19] == '.' && !value[20..^1].ContainsAnyExceptInRange((byte)'0', (byte)'9')))
        && FieldText.TryTime(value, out _) && (value[11] - '0') * 10 + value[12] - '0' < 24;

    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value);
}
