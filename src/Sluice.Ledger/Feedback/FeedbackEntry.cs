using System.Text.Json.Serialization;

namespace Sluice.Ledger.Feedback;

/// <summary>What a caller says of an answer.</summary>
public sealed record FeedbackEntry
{
    public required string InvocationId { get; init; }

    /// <summary>The key whose word it is; null for a caller on loopback who needs none.</summary>
    public string? KeyId { get; init; }

    /// <summary>From 0, useless, to 1, as good as can be.</summary>
    public required double Score { get; init; }

    /// <summary>May hold personal data: it goes to this file and to no log.</summary>
    public string? Comment { get; init; }

    public required DateTimeOffset At { get; init; }
}

[JsonSerializable(typeof(FeedbackEntry))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class FeedbackJson : JsonSerializerContext;
