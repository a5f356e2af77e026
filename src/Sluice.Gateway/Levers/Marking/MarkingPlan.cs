using System.Collections.Immutable;

namespace Sluice.Gateway.Levers.Marking;

/// <summary>What a plan came to.</summary>
public enum MarkingOutcome
{
    /// <summary>The caller set the points, or nobody planned any.</summary>
    Given,

    /// <summary>The whole prompt is shorter than the model's minimum.</summary>
    TooShort,

    /// <summary>No block that is long enough can carry a point.</summary>
    NoPlace,

    /// <summary>What could be written is too unlikely to be read in time.</summary>
    WouldNotPay,

    /// <summary>It might pay, but this partition's premiums are too far ahead of its savings.</summary>
    LossLimit,

    /// <summary>What is warm is read, and nothing more is written.</summary>
    Reads,

    /// <summary>Nothing is warm; a prefix is written.</summary>
    Writes,

    /// <summary>What is warm is read, and what follows is written.</summary>
    ReadsAndWrites,
}

/// <summary>
/// The cache points for one request, in its order, and what is expected of them. Tokens are counted as the spans count
/// them; money is in tokens of uncached input, so a price turns it into dollars.
/// </summary>
public sealed class MarkingPlan
{
    internal MarkingPlan(DateTimeOffset at, MarkingOutcome outcome, params ReadOnlySpan<CachePoint> points) =>
        (At, Outcome, Points) = (at, outcome, [.. points]);

    /// <summary>A plan that somebody else made: points that the caller had set, or none.</summary>
    public static MarkingPlan Of(DateTimeOffset at, params ReadOnlySpan<CachePoint> points) => new(at, MarkingOutcome.Given, points);

    public DateTimeOffset At { get; }

    public MarkingOutcome Outcome { get; }

    /// <summary>At most as many as the rules allow, in the order of the prompt, those of one hour first.</summary>
    public ImmutableArray<CachePoint> Points { get; }

    /// <summary>Tokens expected to be read from the cache.</summary>
    public int ReadTokens { get; internal init; }

    public int ShortWriteTokens { get; internal init; }

    public int HourWriteTokens { get; internal init; }

    /// <summary>
    /// What the plan is expected to save: this call's reads, less its write premiums, plus what others are expected to read
    /// of what it writes. In tokens of uncached input.
    /// </summary>
    public double ExpectedSavingTokens { get; internal init; }

    /// <summary>The chance that decided: that the last point's prefix, or else the likeliest candidate, is read in time.</summary>
    public double Likelihood { get; internal init; }

    /// <summary>The chance from which writing pays at this model's prices.</summary>
    public double BreakEven { get; internal init; }

    /// <summary>Blocks from the first on whose prefix had been seen before.</summary>
    internal int KnownBlocks { get; init; }

    /// <summary>Those of them whose prefix had been seen within the short lifetime.</summary>
    internal int RecentBlocks { get; init; }

    /// <summary>Why, in plain words.</summary>
    public string Reason => Outcome switch
    {
        MarkingOutcome.Given => Points.IsEmpty ? "No point: none was planned." : "The caller set the points.",
        MarkingOutcome.TooShort => "No point: the prompt is shorter than the model caches.",
        MarkingOutcome.NoPlace => "No point: no block that is long enough can carry one.",
        MarkingOutcome.WouldNotPay => $"No point: its prefix is read again in time with a chance of {Likelihood:P0}, and a write pays from {BreakEven:P0}.",
        MarkingOutcome.LossLimit => "No write: here writes have cost more than reads have saved so far, up to the limit set for trying.",
        MarkingOutcome.Reads => $"Reads {ReadTokens} tokens that are warm; more is read again with a chance of {Likelihood:P0}, and a write pays from {BreakEven:P0}.",
        MarkingOutcome.Writes => $"Writes {ShortWriteTokens + HourWriteTokens} tokens{Hour}: read again in time with a chance of {Likelihood:P0}, and a write pays from {BreakEven:P0}.",
        _ => $"Reads {ReadTokens} tokens that are warm and writes {ShortWriteTokens + HourWriteTokens} after them{Hour}: read again in time with a chance of {Likelihood:P0}, and a write pays from {BreakEven:P0}.",
    };

    private string Hour => HourWriteTokens == 0 ? "" : $", {HourWriteTokens} of them for an hour";
}
