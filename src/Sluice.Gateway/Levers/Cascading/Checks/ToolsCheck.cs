using System.Text.Json;

namespace Sluice.Gateway.Levers.Cascading.Checks;

/// <summary>The tools that the answer calls have to be among those that were offered, with arguments that keep to their schemas.</summary>
public sealed class ToolsCheck : IAnswerCheck
{
    public string Name => "tools";

    public string? Objection(CheckedAnswer answer)
    {
        if (answer.StopReason is "malformed_tool_use")
            return "its call of a tool is malformed";
        foreach (var call in answer.Calls)
        {
            var offered = answer.Tools.FirstOrDefault(tool => tool.Name == call.Name);
            if (offered.Name is null)
                return "it calls a tool that was not offered";
            if (call.Input.ValueKind != JsonValueKind.Object)
                return $"the arguments of '{call.Name}' are no JSON object";
            // A schema with words that are not known here can't be held against anything.
            if (offered.Schema.ValueKind == JsonValueKind.Object && JsonSchema.TryRead(offered.Schema, out var schema, out _) && schema.Violation(call.Input) is { } violation)
                return $"the arguments of '{call.Name}' don't keep to its schema: {violation}";
        }
        return null;
    }
}
