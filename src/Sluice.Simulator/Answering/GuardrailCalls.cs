using System.Collections.Immutable;
using System.Text.Json;
using Sluice.Core.Metering;
using Sluice.Simulator.Guardrails;
using Sluice.Simulator.Prompts;
using Sluice.Simulator.Serving;

namespace Sluice.Simulator.Answering;

/// <summary>ApplyGuardrail and InvokeGuardrailChecks.</summary>
internal static class GuardrailCalls
{
    private const int CharactersPerUnit = 1_000;

    public static void Apply(Call call, JsonElement body, SimulatorOptions options, Utf8JsonWriter json)
    {
        var guardrail = options.Guardrails.GetValueOrDefault(call.Match.GuardrailIdentifier!, new SimulatedGuardrail());
        if (body.Text("source"u8) is not ("INPUT" or "OUTPUT"))
            throw Refusal.Validation($"1 validation error detected: Value '{body.Text("source"u8)}' at 'source' failed to satisfy constraint: Member must satisfy enum value set: [INPUT, OUTPUT]");
        var text = new System.Text.StringBuilder();
        var images = 0;
        foreach (var block in body.Items("content"u8))
        {
            text.Append(block.Field("text"u8)?.Text("text"u8));
            images += block.Field("image"u8) is null ? 0 : 1;
        }
        var assessment = GuardrailCheck.Of(text.ToString(), images, guardrail);
        call.Bill(new Usage { Units = assessment.Units });

        json.WriteStartObject();
        json.WritePropertyName("usage"u8);
        assessment.WriteUsage(json);
        json.WriteString("action"u8, assessment.Blocks ? "GUARDRAIL_INTERVENED"u8 : "NONE"u8);
        json.WriteString("actionReason"u8, assessment.Blocks ? "Guardrail blocked."u8 : "No action."u8);
        json.WriteStartArray("outputs"u8);
        if (assessment.Blocks)
        {
            json.WriteStartObject();
            json.WriteString("text"u8, guardrail.BlockedMessage);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("assessments"u8);
        assessment.Write(json);
        json.WriteEndArray();
        json.WritePropertyName("guardrailCoverage"u8);
        assessment.WriteCoverage(json);
        json.WriteEndObject();
    }

    /// <summary>The stateless checks. The simulator finds nothing wrong with any text; what counts are the text units.</summary>
    public static void Check(Call call, JsonElement body, Utf8JsonWriter json)
    {
        var checks = body.Field("checks"u8) ?? throw Refusal.Validation("1 validation error detected: Value null at 'checks' failed to satisfy constraint: Member must not be null");
        var characters = 0L;
        foreach (var message in body.Items("messages"u8))
        {
            foreach (var block in message.Items("content"u8))
                characters += block.Text("text"u8)?.EnumerateRunes().LongCount() ?? 0;
        }
        var units = (characters + CharactersPerUnit - 1) / CharactersPerUnit;

        var counted = ImmutableArray.CreateBuilder<UnitCount>();
        json.WriteStartObject();
        json.WriteStartObject("results"u8);
        foreach (var name in (ReadOnlySpan<string>)["contentFilter", "promptAttack"])
        {
            if (!checks.TryGetProperty(name, out var check))
                continue;
            json.WriteStartObject(name);
            json.WriteStartArray("results"u8);
            foreach (var category in check.Items("categories"u8))
            {
                json.WriteStartObject();
                json.WriteString("category"u8, category.Text("category"u8));
                json.WriteNumber("severityScore"u8, 0);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
            counted.Add(new UnitCount(UsageKind.GuardrailContentUnit, units));
        }
        if (checks.Field("sensitiveInformation"u8) is not null)
        {
            json.WriteStartObject("sensitiveInformation"u8);
            json.WriteStartArray("results"u8);
            json.WriteEndArray();
            json.WriteBoolean("truncated"u8, false);
            json.WriteEndObject();
            counted.Add(new UnitCount(UsageKind.GuardrailSensitiveInformationUnit, units));
        }
        json.WriteEndObject();
        json.WriteStartObject("usage"u8);
        foreach (var check in checks.EnumerateObject())
        {
            json.WriteStartObject(check.Name);
            json.WriteNumber("textUnits"u8, units);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
        call.Bill(new Usage { Units = counted.ToImmutable() });
    }
}
