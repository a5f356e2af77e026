using System.Collections.Immutable;

namespace Sluice.Gateway.Levers.Planning;

/// <summary>What each lever may do to the calls that these options are for. Every lever is off unless the owner says otherwise.</summary>
public sealed record LeverOptions
{
    private static readonly ImmutableArray<LeverMode> AllOff = [.. LeverNames.All.Select(_ => LeverMode.Off)];

    private ImmutableArray<LeverMode> Modes { get; init; } = AllOff;

    public Trimming.TrimOptions Trim { get; init; } = new();

    public Recalling.RecallOptions Recall { get; init; } = new();

    public SemanticRecall.SemanticRecallOptions Semantic { get; init; } = new();

    public Coalescing.CoalesceOptions Coalesce { get; init; } = new();

    public Output.OutputOptions Output { get; init; } = new();

    public Marking.MarkingOptions Mark { get; init; } = new();

    public Placing.PlaceOptions Place { get; init; } = new();

    public bool IsOff => Modes.AsSpan().IndexOfAnyExcept(LeverMode.Off) < 0;

    public LeverMode ModeOf(Lever lever) => Modes[(int)lever];

    public LeverOptions With(Lever lever, LeverMode mode) => this with { Modes = Modes.SetItem((int)lever, mode) };

    /// <summary>
    /// The same options with every lever in one mode; but what may answer another question than the one that was asked takes the
    /// owner's own word, so one word for all can turn semantic recall off and not on.
    /// </summary>
    public LeverOptions WithAll(LeverMode mode) =>
        this with { Modes = [.. LeverNames.All.Select(lever => lever == Lever.Semantic && mode != LeverMode.Off ? ModeOf(lever) : mode)] };
}
