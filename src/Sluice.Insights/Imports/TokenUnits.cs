using Sluice.Core.Metering;

namespace Sluice.Insights.Imports;

/// <summary>The units of kinds that count tokens, which bills count in thousands or millions.</summary>
internal static class TokenUnits
{
    /// <returns>Null for a kind that counts something else.</returns>
    public static string? Of(UsageKind? kind) => kind switch
    {
        UsageKind.InputAudioToken or UsageKind.OutputAudioToken => "audio tokens",
        { } token when token.IsToken() => "tokens",
        _ => null,
    };
}
