using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.Core;

namespace Sluice.Gateway.Levers.Cascading.Checks;

/// <summary>
/// A JSON Schema (2020-12) of the words that schemas of tools and answers use. One with another word that constrains is not
/// read at all: a check that passes what it does not understand would be no check.
/// </summary>
public sealed class JsonSchema
{
    private const int MaxDepth = 64;

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "type", "enum", "const", "properties", "required", "additionalProperties", "minProperties", "maxProperties", "patternProperties", "propertyNames",
        "items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
        "minLength", "maxLength", "pattern", "anyOf", "oneOf", "allOf", "not", "if", "then", "else", "$ref", "dependentRequired",
        // These say something about a value and constrain nothing.
        "$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default", "examples", "format", "deprecated", "readOnly", "writeOnly", "strict",
    };

    private readonly JsonElement _root;
    private readonly Dictionary<string, Regex> _patterns;

    private JsonSchema(JsonElement root, Dictionary<string, Regex> patterns) => (_root, _patterns) = (root, patterns);

    /// <param name="schema">Outlives the document that it is of, as it is copied.</param>
    /// <param name="read">The schema.</param>
    /// <param name="whyNot">Which word is not known, or what is wrong.</param>
    public static bool TryRead(JsonElement schema, [NotNullWhen(true)] out JsonSchema? read, out string? whyNot)
    {
        var patterns = new Dictionary<string, Regex>(StringComparer.Ordinal);
        whyNot = Unreadable(schema, 0, patterns);
        read = whyNot is null ? new JsonSchema(schema.Clone(), patterns) : null;
        return read is not null;
    }

    /// <summary>The first thing in which a value does not keep to the schema, with its place; null where it keeps to all.</summary>
    public string? Violation(JsonElement value) => Violation(_root, value, "", 0);

    private static string? Unreadable(JsonElement schema, int depth, Dictionary<string, Regex> patterns)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return null;
        if (schema.ValueKind != JsonValueKind.Object || depth > MaxDepth)
            return "a schema must be an object, or true or false, and not nested too deeply";
        foreach (var word in schema.EnumerateObject())
        {
            if (!Known.Contains(word.Name))
                return $"the word '{word.Name}' is not supported";
            if (word.Name == "$ref" && word.Value.GetString()?.StartsWith('#') != true)
                return "a reference must be within the schema, such as #/$defs/name";
            if (Patterns(word).Select(p => Unusable(p, patterns)).FirstOrDefault(problem => problem is not null) is { } unusable)
                return unusable;
            var inner = word.Name switch
            {
                "properties" or "patternProperties" or "$defs" or "definitions" when word.Value.ValueKind == JsonValueKind.Object => word.Value.EnumerateObject().Select(p => p.Value),
                "anyOf" or "oneOf" or "allOf" or "prefixItems" when word.Value.ValueKind == JsonValueKind.Array => word.Value.EnumerateArray(),
                "items" or "additionalProperties" or "contains" or "propertyNames" or "not" or "if" or "then" or "else" => (IEnumerable<JsonElement>)[word.Value],
                _ => [],
            };
            if (inner.Select(s => Unreadable(s, depth + 1, patterns)).FirstOrDefault(w => w is not null) is { } wrong)
                return wrong;
        }
        return null;
    }

    private static IEnumerable<string> Patterns(JsonProperty word) => (word.Name, word.Value.ValueKind) switch
    {
        ("pattern", JsonValueKind.String) => [word.Value.GetString()!],
        ("patternProperties", JsonValueKind.Object) => word.Value.EnumerateObject().Select(p => p.Name),
        _ => [],
    };

    private static string? Unusable(string pattern, Dictionary<string, Regex> patterns)
    {
        if (!LinearRegex.TryParse(pattern, out var regex, out var problem))
            return $"the pattern '{pattern}' {problem}";
        patterns[pattern] = regex;
        return null;
    }

    private string? Violation(JsonElement schema, JsonElement value, string place, int depth)
    {
        if (schema.ValueKind == JsonValueKind.True)
            return null;
        if (schema.ValueKind == JsonValueKind.False)
            return At(place, "may not be there");
        if (depth > MaxDepth)
            return At(place, "is nested too deeply to be checked");
        foreach (var word in schema.EnumerateObject())
        {
            if (Violation(schema, word.Name, word.Value, value, place, depth + 1) is { } violation)
                return violation;
        }
        return null;
    }

    private string? Violation(JsonElement schema, string word, JsonElement rule, JsonElement value, string place, int depth) => word switch
    {
        "type" => IsOfType(rule, value) ? null : At(place, $"must be of type {rule}"),
        "enum" => rule.EnumerateArray().Any(v => JsonElement.DeepEquals(v, value)) ? null : At(place, "must be one of the listed values"),
        "const" => JsonElement.DeepEquals(rule, value) ? null : At(place, "must be the one allowed value"),
        "anyOf" => rule.EnumerateArray().Any(s => Violation(s, value, place, depth) is null) ? null : At(place, "fits none of the allowed forms"),
        "oneOf" => rule.EnumerateArray().Count(s => Violation(s, value, place, depth) is null) == 1 ? null : At(place, "must fit exactly one of the allowed forms"),
        "allOf" => rule.EnumerateArray().Select(s => Violation(s, value, place, depth)).FirstOrDefault(v => v is not null),
        "not" => Violation(rule, value, place, depth) is null ? At(place, "has a form that is not allowed") : null,
        "if" => Conditional(schema, rule, value, place, depth),
        "$ref" => Resolve(rule.GetString()!) is { } target ? Violation(target, value, place, depth) : At(place, "is described by a reference that leads nowhere"),
        _ => value.ValueKind switch
        {
            JsonValueKind.Object => OfObject(schema, word, rule, value, place, depth),
            JsonValueKind.Array => OfArray(schema, word, rule, value, place, depth),
            JsonValueKind.String => OfText(word, rule, value.GetString()!, place),
            JsonValueKind.Number => OfNumber(word, rule, value, place),
            _ => null,
        },
    };

    private string? Conditional(JsonElement schema, JsonElement condition, JsonElement value, string place, int depth)
    {
        var branch = Violation(condition, value, place, depth) is null ? "then" : "else";
        return schema.TryGetProperty(branch, out var then) ? Violation(then, value, place, depth) : null;
    }

    private string? OfObject(JsonElement schema, string word, JsonElement rule, JsonElement value, string place, int depth)
    {
        switch (word)
        {
            case "required":
                return rule.EnumerateArray().Select(n => n.GetString()!).FirstOrDefault(n => !value.TryGetProperty(n, out _)) is { } missing ? At(place, $"lacks '{missing}'") : null;
            case "properties":
                foreach (var property in rule.EnumerateObject())
                {
                    if (value.TryGetProperty(property.Name, out var inner) && Violation(property.Value, inner, $"{place}/{property.Name}", depth) is { } violation)
                        return violation;
                }
                return null;
            case "patternProperties":
                return value.EnumerateObject()
                    .SelectMany(property => rule.EnumerateObject().Where(pattern => _patterns[pattern.Name].IsMatch(property.Name)).Select(pattern => Violation(pattern.Value, property.Value, place, depth)))
                    .FirstOrDefault(v => v is not null);
            case "additionalProperties":
                return value.EnumerateObject().Where(p => !IsNamed(schema, p.Name)).Any(p => Violation(rule, p.Value, place, depth) is not null) ? At(place, "has a member that the schema does not allow") : null;
            case "propertyNames":
                return value.EnumerateObject().Any(p => Violation(rule, JsonSerializer.SerializeToElement(p.Name, SchemaJson.Default.String), place, depth) is not null) ? At(place, "has a member with a name that the schema does not allow") : null;
            case "dependentRequired":
                return rule.EnumerateObject().Where(d => value.TryGetProperty(d.Name, out _))
                    .SelectMany(d => d.Value.EnumerateArray().Select(n => n.GetString()!)).FirstOrDefault(n => !value.TryGetProperty(n, out _)) is { } needed ? At(place, $"lacks '{needed}'") : null;
            case "minProperties":
                return value.EnumerateObject().Count() >= rule.GetInt32() ? null : At(place, "has too few members");
            case "maxProperties":
                return value.EnumerateObject().Count() <= rule.GetInt32() ? null : At(place, "has too many members");
            default:
                return null;
        }
    }

    private string? OfArray(JsonElement schema, string word, JsonElement rule, JsonElement value, string place, int depth)
    {
        var first = schema.TryGetProperty("prefixItems"u8, out var prefix) && prefix.ValueKind == JsonValueKind.Array ? prefix.GetArrayLength() : 0;
        return word switch
        {
            "prefixItems" => rule.EnumerateArray().Zip(value.EnumerateArray()).Index()
                .Select(p => Violation(p.Item.First, p.Item.Second, $"{place}/{p.Index}", depth)).FirstOrDefault(v => v is not null),
            "items" => value.EnumerateArray().Index().Skip(first).Select(v => Violation(rule, v.Item, $"{place}/{v.Index}", depth)).FirstOrDefault(v => v is not null),
            "contains" => value.EnumerateArray().Any(v => Violation(rule, v, place, depth) is null) ? null : At(place, "has no item of the wanted form"),
            "minItems" => value.GetArrayLength() >= rule.GetInt32() ? null : At(place, "has too few items"),
            "maxItems" => value.GetArrayLength() <= rule.GetInt32() ? null : At(place, "has too many items"),
            "uniqueItems" => rule.ValueKind != JsonValueKind.True || AreUnique(value) ? null : At(place, "has an item twice"),
            _ => null,
        };
    }

    private string? OfText(string word, JsonElement rule, string value, string place) => word switch
    {
        "minLength" => Runes(value) >= rule.GetInt32() ? null : At(place, "is too short"),
        "maxLength" => Runes(value) <= rule.GetInt32() ? null : At(place, "is too long"),
        "pattern" => _patterns[rule.GetString()!].IsMatch(value) ? null : At(place, "does not match the pattern"),
        _ => null,
    };

    private static string? OfNumber(string word, JsonElement rule, JsonElement value, string place) => word switch
    {
        "minimum" => Compare(value, rule) >= 0 ? null : At(place, $"must be at least {rule}"),
        "maximum" => Compare(value, rule) <= 0 ? null : At(place, $"must be at most {rule}"),
        "exclusiveMinimum" => Compare(value, rule) > 0 ? null : At(place, $"must be more than {rule}"),
        "exclusiveMaximum" => Compare(value, rule) < 0 ? null : At(place, $"must be less than {rule}"),
        "multipleOf" => value.TryGetDecimal(out var number) && rule.TryGetDecimal(out var unit) && unit != 0 && number % unit == 0 ? null : At(place, $"must be a multiple of {rule}"),
        _ => null,
    };

    private static bool IsOfType(JsonElement rule, JsonElement value) => rule.ValueKind == JsonValueKind.Array
        ? rule.EnumerateArray().Any(t => IsOfType(t.GetString(), value))
        : IsOfType(rule.GetString(), value);

    private static bool IsOfType(string? type, JsonElement value) => (type, value.ValueKind) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number) or ("null", JsonValueKind.Null)
            or ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => value.TryGetDecimal(out var number) ? decimal.IsInteger(number) : double.IsInteger(value.GetDouble()),
        _ => false,
    };

    private bool IsNamed(JsonElement schema, string name) =>
        (schema.TryGetProperty("properties"u8, out var properties) && properties.TryGetProperty(name, out _))
        || (schema.TryGetProperty("patternProperties"u8, out var keyed) && keyed.EnumerateObject().Any(p => _patterns[p.Name].IsMatch(name)));

    private static bool AreUnique(JsonElement array)
    {
        var seen = new List<JsonElement>();
        foreach (var item in array.EnumerateArray())
        {
            if (seen.Exists(s => JsonElement.DeepEquals(s, item)))
                return false;
            seen.Add(item);
        }
        return true;
    }

    private static int Compare(JsonElement a, JsonElement b) =>
        a.TryGetDecimal(out var x) && b.TryGetDecimal(out var y) ? x.CompareTo(y) : a.GetDouble().CompareTo(b.GetDouble());

    private static int Runes(string text) => text.EnumerateRunes().Count();

    /// <summary>The part of the schema that a pointer such as <c>#/$defs/name</c> leads to.</summary>
    private JsonElement? Resolve(string reference)
    {
        var at = _root;
        foreach (var part in reference.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (at.ValueKind == JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < at.GetArrayLength())
                at = at[index];
            else if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                return null;
        }
        return at;
    }

    private static string At(string place, string what) => $"{(place.Length == 0 ? "it" : place)} {what}";
}
