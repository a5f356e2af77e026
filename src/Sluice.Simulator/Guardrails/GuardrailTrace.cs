using System.Collections.Immutable;
using System.Text.Json;
using Sluice.Core.Metering;

namespace Sluice.Simulator.Guardrails;

/// <summary>What a guardrail counted and found in one direction.</summary>
/// <param name="Characters">Characters that it looked at.</param>
/// <param name="Images">Images that it looked at.</param>
/// <param name="Guardrail">Its policies.</param>
/// <param name="Match">The blocked phrase that was found, or null.</param>
internal sealed record GuardrailAssessment(long Characters, int Images, SimulatedGuardrail Guardrail, string? Match)
{
    // One text unit is up to 1,000 characters.
    private const int CharactersPerUnit = 1_000;

    private long TextUnits => (Characters + CharactersPerUnit - 1) / CharactersPerUnit;

    public bool Blocks => Match is not null;

    /// <summary>The billable units; word filters are counted and cost nothing.</summary>
    public ImmutableArray<UnitCount> Units
    {
        get
        {
            var units = ImmutableArray.CreateBuilder<UnitCount>();
            Add(UsageKind.GuardrailContentUnit, Guardrail.Content, TextUnits);
            Add(UsageKind.GuardrailTopicUnit, Guardrail.Topics, TextUnits);
            Add(UsageKind.GuardrailWordUnit, Guardrail.Words, TextUnits);
            Add(UsageKind.GuardrailSensitiveInformationUnit, Guardrail.SensitiveInformation, TextUnits);
            Add(UsageKind.GuardrailGroundingUnit, Guardrail.Grounding, TextUnits);
            Add(UsageKind.GuardrailImageUnit, Guardrail.Content, Images);
            return units.ToImmutable();

            void Add(UsageKind kind, bool active, long count)
            {
                if (active && count > 0)
                    units.Add(new UnitCount(kind, count));
            }
        }
    }

    /// <summary>Writes a <c>GuardrailUsage</c> as the value of the property just named.</summary>
    public void WriteUsage(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("topicPolicyUnits"u8, Guardrail.Topics ? TextUnits : 0);
        json.WriteNumber("contentPolicyUnits"u8, Guardrail.Content ? TextUnits : 0);
        json.WriteNumber("wordPolicyUnits"u8, Guardrail.Words ? TextUnits : 0);
        json.WriteNumber("sensitiveInformationPolicyUnits"u8, Guardrail.SensitiveInformation ? TextUnits : 0);
        json.WriteNumber("sensitiveInformationPolicyFreeUnits"u8, 0);
        json.WriteNumber("contextualGroundingPolicyUnits"u8, Guardrail.Grounding ? TextUnits : 0);
        json.WriteNumber("contentPolicyImageUnits"u8, Guardrail.Content ? Images : 0);
        json.WriteEndObject();
    }

    /// <summary>Writes a <c>GuardrailCoverage</c> as the value of the property just named.</summary>
    public void WriteCoverage(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("textCharacters"u8);
        json.WriteNumber("guarded"u8, Characters);
        json.WriteNumber("total"u8, Characters);
        json.WriteEndObject();
        if (Images > 0)
        {
            json.WriteStartObject("images"u8);
            json.WriteNumber("guarded"u8, Images);
            json.WriteNumber("total"u8, Images);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    /// <summary>Writes a <c>GuardrailAssessment</c> as the value of the property just named, or as an element.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (Match is not null)
        {
            json.WriteStartObject("wordPolicy"u8);
            json.WriteStartArray("customWords"u8);
            json.WriteStartObject();
            json.WriteString("match"u8, Match);
            json.WriteString("action"u8, "BLOCKED"u8);
            json.WriteBoolean("detected"u8, true);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteStartArray("managedWordLists"u8);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteStartObject("invocationMetrics"u8);
        json.WriteNumber("guardrailProcessingLatency"u8, 1);
        json.WritePropertyName("usage"u8);
        WriteUsage(json);
        json.WritePropertyName("guardrailCoverage"u8);
        WriteCoverage(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}

/// <summary>What a guardrail made of a whole call: of the prompt and, unless that was blocked, of the answer.</summary>
internal sealed record GuardrailTrace(string Id, bool Shown, GuardrailAssessment Input, GuardrailAssessment? Output)
{
    public bool Intervened => Input.Blocks || Output is { Blocks: true };

    public ImmutableArray<UnitCount> Units => Output is null ? Input.Units : Input.Units.AddRange(Output.Units);

    /// <summary>Writes a <c>GuardrailTraceAssessment</c> as the value of the property just named.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("inputAssessment"u8);
        json.WritePropertyName(Id);
        Input.Write(json);
        json.WriteEndObject();
        if (Output is not null)
        {
            json.WriteStartObject("outputAssessments"u8);
            json.WriteStartArray(Id);
            Output.Write(json);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteString("actionReason"u8, Intervened ? "Guardrail blocked."u8 : "No action."u8);
        json.WriteEndObject();
    }
}
