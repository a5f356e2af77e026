using System.Text.Json;

namespace Sluice.Gateway.Levers.Cascading.Checks;

/// <summary>The answer has to be JSON and nothing else; with a schema, JSON that keeps to it.</summary>
public sealed class JsonCheck(JsonSchema? schema = null) : IAnswerCheck
{
    public string Name => schema is null ? "json" : "schema";

    public string? Objection(CheckedAnswer answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer.Text);
            return schema?.Violation(json.RootElement);
        }
        catch (JsonException)
        {
            return "it is no JSON, or not JSON alone";
        }
    }
}
