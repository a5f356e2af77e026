using System.Text;
using System.Text.Json;
using Sluice.Simulator.Prompts;

namespace Sluice.Simulator.Guardrails;

/// <summary>Looks for a guardrail's blocked phrases and counts the characters that it is charged for.</summary>
internal static class GuardrailCheck
{
    public static GuardrailAssessment Of(string text, int images, SimulatedGuardrail guardrail) =>
        new(Characters(text), images, guardrail, guardrail.BlockedPhrases.FirstOrDefault(phrase => text.Contains(phrase, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Checks a prompt: its guarded blocks where it marks any, else all that users said.</summary>
    public static GuardrailAssessment Of(Prompt prompt, SimulatedGuardrail guardrail)
    {
        var guarded = prompt.Segments.Where(segment => segment.Content.Field("guardContent"u8) is not null).ToList();
        var segments = guarded.Count > 0 ? guarded : [.. prompt.Segments.Where(segment => segment is { Section: Section.Messages, Role: "user" })];
        var text = new StringBuilder();
        foreach (var segment in segments)
            Collect(segment.Content, text);
        return Of(text.ToString(), 0, guardrail);
    }

    private static void Collect(JsonElement content, StringBuilder text)
    {
        if (content.ValueKind == JsonValueKind.String)
            text.Append(content.GetString());
        else if (content.Field("text"u8) is { ValueKind: JsonValueKind.String } words)
            text.Append(words.GetString());
        else if (content.Field("guardContent"u8)?.Field("text"u8) is { } guarded)
            text.Append(guarded.Text("text"u8));
    }

    private static long Characters(string text) => text.EnumerateRunes().LongCount();
}
