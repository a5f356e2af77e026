using System.Collections.Immutable;
using System.Text.Json;

namespace Sluice.Gateway.Levers.Cascading.Checks;

/// <summary>The answer has to be a JSON object with these fields, none of them null or blank.</summary>
public sealed class FieldsCheck(ImmutableArray<string> fields) : IAnswerCheck
{
    public string Name => "fields";

    public string? Objection(CheckedAnswer answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer.Text);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                return "it is no JSON object";
            foreach (var field in fields)
            {
                if (!json.RootElement.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.String && string.IsNullOrWhiteSpace(value.GetString())))
                    return $"it has no '{field}'";
            }
            return null;
        }
        catch (JsonException)
        {
            return "it is no JSON";
        }
    }
}
