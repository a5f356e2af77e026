using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Bedrock.Replies;

/// <summary>What a reply said of itself.</summary>
public sealed record ReplyReading
{
    /// <summary>
    /// What is billed for the reply. <see cref="UsageSource.Estimated"/> where the upstream's own final report is missing or
    /// incomplete; null where not even an estimate is possible, such as an asynchronous job or an unknown path.
    /// </summary>
    public Usage? Usage { get; init; }

    /// <summary>Of <see cref="Usage"/>, what is a quarter of the bytes of text, for want of anything better in this reply.</summary>
    public GuessedCounts Guessed { get; init; }

    /// <summary>UTF-8 bytes of text that the model wrote, as far as the reply came.</summary>
    public long TextBytes { get; init; }

    /// <summary>The model thought, so that it may have written more than <see cref="TextBytes"/> shows.</summary>
    public bool HasThought { get; init; }

    /// <summary>The most output tokens that a report on the way told; 0 where none did.</summary>
    public long LeastOutput { get; init; }

    /// <summary>The model that answered, in the reply's words; for a prompt router the ARN that it chose. Null where the reply is silent.</summary>
    public string? ServedModelIdentifier { get; init; }

    /// <summary>Why the model stopped, in the dialect's own words.</summary>
    public string? StopReason { get; init; }

    /// <summary>The service tier that really served the call, or null where the reply is silent.</summary>
    public ServiceTier? ResolvedTier { get; init; }

    /// <summary>That tier in the reply's own word, as far as it is short; null where the reply is silent.</summary>
    public string? TierName { get; init; }

    /// <summary>The id by which a stored answer may be read again; null for replies that can't be.</summary>
    public string? AnswerId { get; init; }

    /// <summary>The answer is still being made, so what it uses is told by a later read; <see cref="Usage"/> is null.</summary>
    public bool IsPending { get; init; }

    /// <summary>The name of what the reply says was used beside all that Sluice knows to count; null for nothing. <see cref="Usage"/> has it as <see cref="UsageKind.Unknown"/>.</summary>
    public string? UnknownUse { get; init; }

    /// <summary>The name of an error that came inside the reply (<c>throttlingException</c>, <c>overloaded_error</c>), or null.</summary>
    public string? Error { get; init; }

    /// <summary>The reply came to its end: the body is whole, or the stream's last event was seen.</summary>
    public bool Ended { get; init; }

    /// <summary>A frame failed its checksum, or JSON was broken. What is only cut off is not corrupt.</summary>
    public bool Corrupt { get; init; }

    /// <summary>The reply is compressed in a way that is not known, or too much to be read; only its headers were.</summary>
    public bool IsUnreadable { get; init; }

    /// <summary>In what the report of usage contradicts itself, of <see cref="SuspectUsage"/>; null where it doesn't.</summary>
    public string? Suspect { get; init; }

    /// <summary>
    /// The request had a guardrail, and the reply does not say how many of its units were used, though AWS bills them: only a
    /// trace tells. <see cref="Usage"/> lacks them.
    /// </summary>
    public bool GuardrailUnreported { get; init; }
}
