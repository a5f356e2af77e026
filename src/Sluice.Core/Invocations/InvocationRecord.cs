using System.Collections.Immutable;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Core.Invocations;

/// <summary>How an invocation, or one attempt of it, ended.</summary>
public enum Outcome
{
    /// <summary>It began and nothing more is known: the process ended before the reply did. This is also what an intent says.</summary>
    Interrupted,
    Completed,
    /// <summary>The caller went away; the upstream's reply was drained for its usage where the bounds allowed.</summary>
    ClientAborted,
    UpstreamError,
    /// <summary>Sluice itself turned the call down; nothing reached an upstream.</summary>
    Refused,
    /// <summary>Sluice answered without an upstream.</summary>
    AnsweredLocally,
}

/// <summary>What a lever did to an invocation and what that saved. A cost that the lever caused is a negative saving.</summary>
/// <param name="Lever">Its name.</param>
/// <param name="Saving">Null where a price that it needs is not known.</param>
/// <param name="Why">In plain words; nothing of the prompt.</param>
public sealed record Decision(string Lever, Money? Saving, string Why)
{
    /// <summary>How <see cref="Why"/> begins for a call that nobody made but the quality watch; the served invocation's id follows.</summary>
    public const string QualitySample = "quality sample of ";

    /// <summary>Stands for a lever where one of the gateway's limits made the call wait or refused it, which saves nothing.</summary>
    public const string Limit = "limit";

    /// <summary>The lever changed nothing; the saving is what it would have been, and no part of baseline minus cost.</summary>
    public bool IsShadow { get; init; }

    /// <summary>The saving rests on a count that nobody measured.</summary>
    public bool IsEstimated { get; init; }
}

/// <summary>One request that reached an upstream. AWS bills each.</summary>
public sealed record AttemptRecord
{
    /// <summary>Counts from 1 within the invocation.</summary>
    public required int Number { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The name of the upstream in the configuration.</summary>
    public required string Upstream { get; init; }

    /// <summary>The model identifier as it was sent.</summary>
    public required string Model { get; init; }

    public Outcome Outcome { get; init; }

    /// <summary>The HTTP status, or null where no reply arrived.</summary>
    public int? Status { get; init; }

    /// <summary>The upstream's request id (<c>x-amzn-requestid</c>), or null where no reply arrived.</summary>
    public string? RequestId { get; init; }

    /// <summary>The upstream's error name (<c>ThrottlingException</c>), or ours for a transport failure (<c>connection_failed</c>).</summary>
    public string? Error { get; init; }

    /// <summary>Null where it is not known.</summary>
    public Usage? Usage { get; init; }

    /// <summary>What the counts of an estimated usage rest on, such as <c>input:prefix output:calls</c> (docs/ledger.md); null for a measured one.</summary>
    public string? EstimatedBy { get; init; }

    /// <summary>Null where the usage is not known or has no price.</summary>
    public Money? Cost { get; init; }

    /// <summary>Why <see cref="Cost"/> is null, in plain words; null where it is known, and where nothing more is known than that it isn't.</summary>
    public string? CostUnknown { get; init; }

    /// <summary>In what the reply's report of its usage contradicts itself (<see cref="SuspectUsage"/>); null where it doesn't.</summary>
    public string? UsageSuspect { get; init; }

    /// <summary>Milliseconds from sending to the first byte of the reply's body.</summary>
    public double? TtftMs { get; init; }

    public double? DurationMs { get; init; }
}

/// <summary>
/// The ledger's row: one invocation with all its attempts. The intent that is written before the request leaves is this
/// same record as it would stand if the process ended at that moment: outcome interrupted, usage and cost unknown.
/// </summary>
public sealed record InvocationRecord
{
    public required string InvocationId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The key that the caller proved, or null for an anonymous one.</summary>
    public string? KeyId { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public required Operation Operation { get; init; }

    public Dialect Dialect { get; init; }

    public bool Streamed { get; init; }

    /// <summary>The model identifier as the caller sent it, or null for an operation without one.</summary>
    public string? RequestedModel { get; init; }

    /// <summary>The base model that answered, or null where it is not known.</summary>
    public string? ServedModel { get; init; }

    public string? Region { get; init; }

    /// <summary>The profile prefix (<c>us</c>, <c>global</c>), or null for a bare model id.</summary>
    public string? Profile { get; init; }

    public Scope Scope { get; init; }

    public ServiceTier Tier { get; init; }

    public bool LatencyOptimized { get; init; }

    /// <summary>The sum over the attempts, or null where any attempt's usage is not known.</summary>
    public Usage? Usage { get; init; }

    /// <summary>The sum over the attempts, or null where any attempt is unpriced or not known.</summary>
    public Money? Cost { get; init; }

    /// <summary>Why the cost of the first attempt that has none is not known; null where every attempt's is.</summary>
    public string? CostUnknown => Attempts.FirstOrDefault(a => a.CostUnknown is not null)?.CostUnknown;

    /// <summary>The first attempt's contradiction in its usage, or null.</summary>
    public string? UsageSuspect => Attempts.FirstOrDefault(a => a.UsageSuspect is not null)?.UsageSuspect;

    /// <summary>The upstream's id of an answer that is stored there and may be read again; null for other replies.</summary>
    public string? AnswerId { get; init; }

    /// <summary>The answer was still being made when its usage could have been told; a later read of <see cref="AnswerId"/> tells it.</summary>
    public bool AnswerPending { get; init; }

    public ImmutableSortedDictionary<UsageKind, Money> CostByKind { get; init; } = ImmutableSortedDictionary<UsageKind, Money>.Empty;

    /// <summary>The rows of the price book that the cost was computed from, in the order of <see cref="CostByKind"/>.</summary>
    public ImmutableArray<string> PriceRows { get; init; } = [];

    /// <summary>What the invocation would have cost as the caller sent it, or null where that is not known.</summary>
    public Money? Baseline { get; init; }

    public ImmutableArray<Decision> Decisions { get; init; } = [];

    /// <summary>A hash that the calls of one conversation share, or null where no lever looked at the call. Arms are drawn by it.</summary>
    public string? Conversation { get; init; }

    /// <summary>The call is in the control group: no lever touched it.</summary>
    public bool Control { get; init; }

    /// <summary>The only lever that was held back by lot, to measure what it alone is worth; null for none.</summary>
    public string? HeldBack { get; init; }

    /// <summary>The caller sent the very same request a moment before: a sign that the answer did not serve. Only where a lever looked.</summary>
    public bool Repeat { get; init; }

    /// <summary>No caller made the call: it is the baseline's answer to one that levers had treated, asked for to compare the two.</summary>
    public bool IsQualitySample => Decisions.Any(d => d.Why.StartsWith(Decision.QualitySample, StringComparison.Ordinal));

    public Outcome Outcome { get; init; }

    public string? StopReason { get; init; }

    /// <summary>The error that the caller got, or null.</summary>
    public string? Error { get; init; }

    public ImmutableArray<AttemptRecord> Attempts { get; init; } = [];

    public double? TtftMs { get; init; }

    public double? DurationMs { get; init; }

    public long RequestBytes { get; init; }

    public long ReplyBytes { get; init; }
}
