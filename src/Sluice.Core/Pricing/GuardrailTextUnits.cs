using Sluice.Core.Metering;

namespace Sluice.Core.Pricing;

/// <summary>Guardrail policies are charged by text units: started thousands of characters, counted for each policy and each text.</summary>
public static class GuardrailTextUnits
{
    public const int CharactersPerUnit = 1000;

    /// <summary>The text units of one text; 0 for an empty one.</summary>
    public static long Of(long characters) => (characters + CharactersPerUnit - 1) / CharactersPerUnit;

    /// <summary>The usage of checking <paramref name="texts"/> texts of the same length against some policies.</summary>
    public static Usage ForTexts(long texts, long charactersEach, params IEnumerable<UsageKind> policies) =>
        new() { Units = [.. policies.Select(policy => new UnitCount(policy, texts * Of(charactersEach)))] };
}
