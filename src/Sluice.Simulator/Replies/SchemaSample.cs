using System.Text.Json;
using Sluice.Simulator.Prompts;

namespace Sluice.Simulator.Replies;

/// <summary>Writes a value that satisfies a JSON schema's types, required fields, enumerations and simple bounds.</summary>
internal static class SchemaSample
{
    private const int MaxDepth = 12;

    private static readonly string[] Words = ["standard", "quarterly", "review", "account", "summary", "priority", "northern", "general", "open", "draft"];

    public static void Write(Utf8JsonWriter json, JsonElement schema, Dice dice) => Write(json, schema, schema, dice, 0);

    /// <summary>An object as a model might answer when it is asked for JSON without a schema.</summary>
    public static void WriteFreeObject(Utf8JsonWriter json, ReadOnlySpan<byte> summary, Dice dice)
    {
        json.WriteStartObject();
        json.WriteString("summary"u8, summary);
        json.WriteString("category"u8, Pick(Words, dice));
        json.WriteNumber("confidence"u8, Math.Round(0.5 + (dice.NextDouble() / 2), 2));
        json.WriteStartArray("tags"u8);
        json.WriteStringValue(Pick(Words, dice));
        json.WriteStringValue(Pick(Words, dice));
        json.WriteEndArray();
        json.WriteBoolean("needs_review"u8, dice.Next(2) == 0);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, JsonElement schema, JsonElement root, Dice dice, int depth)
    {
        schema = Follow(schema, root);
        if (schema.Field("const"u8) is { } constant)
        {
            constant.WriteTo(json);
        }
        else if (schema.Field("enum"u8) is { ValueKind: JsonValueKind.Array } choices && choices.GetArrayLength() > 0)
        {
            choices[dice.Next(choices.GetArrayLength())].WriteTo(json);
        }
        else if ((schema.Field("anyOf"u8) ?? schema.Field("oneOf"u8)) is { ValueKind: JsonValueKind.Array } options && options.GetArrayLength() > 0)
        {
            Write(json, options[0], root, dice, depth + 1);
        }
        else
        {
            WriteTyped(json, schema, root, dice, depth);
        }
    }

    private static void WriteTyped(Utf8JsonWriter json, JsonElement schema, JsonElement root, Dice dice, int depth)
    {
        switch (TypeOf(schema))
        {
            case "object":
                WriteObject(json, schema, root, dice, depth);
                break;
            case "array":
                json.WriteStartArray();
                var items = Math.Clamp(schema.Int("minItems"u8) ?? 1, 0, 20);
                for (var i = 0; i < items && depth < MaxDepth; i++)
                    Write(json, schema.Field("items"u8) ?? default, root, dice, depth + 1);
                json.WriteEndArray();
                break;
            case "integer":
                json.WriteNumberValue((long)Number(schema, dice));
                break;
            case "number":
                json.WriteNumberValue(Math.Round(Number(schema, dice) + 0.25m, 2));
                break;
            case "boolean":
                json.WriteBooleanValue(dice.Next(2) == 0);
                break;
            case "null":
                json.WriteNullValue();
                break;
            default:
                json.WriteStringValue(Text(schema, dice));
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter json, JsonElement schema, JsonElement root, Dice dice, int depth)
    {
        json.WriteStartObject();
        if (schema.Field("properties"u8) is { ValueKind: JsonValueKind.Object } properties && depth < MaxDepth)
        {
            var required = schema.Field("required"u8) is { ValueKind: JsonValueKind.Array } names
                ? names.EnumerateArray().Select(name => name.GetString()).ToHashSet(StringComparer.Ordinal)
                : null;
            foreach (var property in properties.EnumerateObject())
            {
                if (required is not null && !required.Contains(property.Name))
                    continue;
                json.WritePropertyName(property.Name);
                Write(json, property.Value, root, dice, depth + 1);
            }
        }
        json.WriteEndObject();
    }

    private static string TypeOf(JsonElement schema) => schema.Field("type"u8) switch
    {
        { ValueKind: JsonValueKind.String } type => type.GetString()!,
        // Of several types the first will do: ["string", "null"].
        { ValueKind: JsonValueKind.Array } types when types.GetArrayLength() > 0 => types[0].GetString() ?? "string",
        _ => schema.Field("properties"u8) is null ? "string" : "object",
    };

    private static decimal Number(JsonElement schema, Dice dice)
    {
        var low = Bound(schema, "minimum"u8) ?? (Bound(schema, "exclusiveMinimum"u8) + 1) ?? 0;
        var high = Bound(schema, "maximum"u8) ?? (Bound(schema, "exclusiveMaximum"u8) - 1) ?? low + 100;
        return high <= low ? low : low + Math.Floor((high - low) * (decimal)dice.NextDouble());
    }

    private static decimal? Bound(JsonElement schema, ReadOnlySpan<byte> name) =>
        schema.Field(name) is { ValueKind: JsonValueKind.Number } bound && bound.TryGetDecimal(out var value) ? value : null;

    private static string Text(JsonElement schema, Dice dice)
    {
        var text = schema.ValueKind == JsonValueKind.Object ? schema.Text("format"u8) : null;
        var sample = text switch
        {
            "date" => "2026-11-21",
            "date-time" => "2026-11-21T09:30:00Z",
            "email" => "someone@example.com",
            "uri" => "https://example.com/",
            "uuid" => dice.NextGuid().ToString(),
            _ => Pick(Words, dice) + " " + Pick(Words, dice),
        };
        var shortest = schema.ValueKind == JsonValueKind.Object ? Math.Min(schema.Int("minLength"u8) ?? 0, 10_000) : 0;
        while (sample.Length < shortest)
            sample += " " + Pick(Words, dice);
        return schema.ValueKind == JsonValueKind.Object && schema.Int("maxLength"u8) is { } longest && sample.Length > longest ? sample[..Math.Max(0, longest)] : sample;
    }

    /// <summary>Follows <c>#/$defs/Name</c> and the older <c>#/definitions/Name</c>, as often as they lead on but not for ever.</summary>
    private static JsonElement Follow(JsonElement schema, JsonElement root)
    {
        for (var i = 0; i < MaxDepth && schema.Field("$ref"u8) is { ValueKind: JsonValueKind.String } reference; i++)
        {
            var target = root;
            foreach (var part in reference.GetString()!.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                if (target.ValueKind != JsonValueKind.Object || !target.TryGetProperty(part, out target))
                    return default;
            }
            schema = target;
        }
        return schema;
    }

    private static string Pick(string[] words, Dice dice) => words[dice.Next(words.Length)];
}
