using System.Collections.Immutable;
using Sluice.Gateway.Levers.Marking;

namespace Sluice.Lab.Replays.Traces;

/// <summary>One request of recorded traffic, as far as its trace tells.</summary>
public sealed record TraceRequest
{
    /// <summary>When it came. Traces without a date begin at the Unix epoch.</summary>
    public required DateTimeOffset At { get; init; }

    public required int InputTokens { get; init; }

    public required int OutputTokens { get; init; }

    /// <summary>The prompt's growing prefixes; empty where the trace tells nothing of what prompts have in common.</summary>
    public ImmutableArray<PromptSpan> Spans { get; init; } = [];

    /// <summary>The conversation, where the trace tells it.</summary>
    public string? Session { get; init; }
}
