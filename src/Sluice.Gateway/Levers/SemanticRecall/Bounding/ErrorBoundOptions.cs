namespace Sluice.Gateway.Levers.SemanticRecall.Bounding;

/// <summary>How sure the owner wants to be.</summary>
public sealed record ErrorBoundOptions
{
    /// <summary>The largest share that may be wrong. 0.01 by default.</summary>
    public double MaxErrorShare { get; init; } = 0.01;

    /// <summary>What it is a share of. The answers that are served, by default.</summary>
    public ErrorBasis Basis { get; init; } = ErrorBasis.Hits;

    /// <summary>Which share of the matches that could be served is asked upstream instead, to measure. 0.05 by default.</summary>
    public double ExplorationShare { get; init; } = 0.05;

    /// <summary>How many of the latest labels count. 16,384 by default, at about 24 bytes.</summary>
    public int MaxLabels { get; init; } = 16_384;

    public int LabelsBetweenFits { get; init; } = 128;
}

/// <summary>What wrong answers are counted against.</summary>
public enum ErrorBasis
{
    /// <summary>The answers that were served from memory: of a hundred hits at most one is wrong.</summary>
    Hits,

    /// <summary>All calls that were looked up, as published for vCache: of a hundred callers at most one gets a wrong answer.</summary>
    Calls,
}
