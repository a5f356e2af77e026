namespace Sluice.Lab.Routers;

/// <summary>What an evaluation is asked.</summary>
public sealed record EvaluationOptions
{
    public const int DefaultFolds = 5;

    /// <summary>How many parts the lines are split into; each is scored by what was learnt from the others.</summary>
    public int Folds { get; init; } = DefaultFolds;

    /// <summary>Of the folds, the bootstrap and the random baseline.</summary>
    public int Seed { get; init; }

    /// <summary>How many lines of each training fold are used; null for all.</summary>
    public int? Labels { get; init; }

    /// <summary>The dearer model; null for the one with the best mean score.</summary>
    public string? Strong { get; init; }

    /// <summary>The cheaper model; null for the cheapest, or the worst where costs are not known.</summary>
    public string? Weak { get; init; }
}
