using System.Collections.Immutable;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Lab.Replays.Recordings;

/// <summary>One call as a recording tells it. What the recording is silent on is null.</summary>
public sealed record RecordedCall
{
    /// <summary>Where it stands, for messages: a file and a line counted from 1.</summary>
    public required (string File, long Line) Place { get; init; }

    public required DateTimeOffset At { get; init; }

    public required Operation Operation { get; init; }

    /// <summary>As the caller named it.</summary>
    public required string ModelId { get; init; }

    public string? Region { get; init; }

    /// <summary>Who called: a Sluice key, or the role or user of the log. Callers share no answers and no learned prompts.</summary>
    public string? Caller { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The error that it ended with; null where it was answered.</summary>
    public string? Error { get; init; }

    /// <summary>The body of the request; empty where the recording does not have it.</summary>
    public ReadOnlyMemory<byte> Request { get; init; }

    /// <summary>The body of the reply, or the list of a stream's events; empty where the recording does not have it.</summary>
    public ReadOnlyMemory<byte> Reply { get; init; }

    /// <summary>The counts that stand beside the bodies, where they do; the writes of AWS's own logs are not told apart by lifetime.</summary>
    public Usage? Told { get; init; }

    /// <summary>
    /// What the call used, or would have used, as its caller sent it. Only Sluice's own recordings and ledgers know it apart
    /// from what the reply says.
    /// </summary>
    public Usage? AsSent { get; init; }

    /// <summary>What it really cost, where the recording knows.</summary>
    public Money? Cost { get; init; }

    public TimeSpan? Duration { get; init; }

    public ServiceTier Tier { get; init; }

    public bool LatencyOptimized { get; init; }

    public bool HasGuardrail { get; init; }

    public string? StopReason { get; init; }

    /// <summary>The request is a stand-in, made of what a ledger says: it has the call's facts and none of its text.</summary>
    public bool IsStandIn { get; init; }
}
