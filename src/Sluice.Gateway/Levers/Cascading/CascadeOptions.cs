using System.Collections.Immutable;
using Sluice.Bedrock.Operations;
using Sluice.Gateway.Levers.Cascading.Checks;

namespace Sluice.Gateway.Levers.Cascading;

/// <summary>What becomes of a stream in a cascade.</summary>
public enum CascadeStreams
{
    /// <summary>The caller waits until the answer is whole and checked.</summary>
    Hold,

    /// <summary>The first step's stream goes out as it comes; the checks only count it.</summary>
    Accept,
}

/// <summary>Cheapest first; an answer that a check rejects is asked for again one step up, and AWS bills both.</summary>
public sealed record CascadeOptions
{
    /// <summary>The names of candidates, cheapest first; two at least.</summary>
    public required ImmutableArray<string> Steps { get; init; }

    /// <summary>In this order; the first objection counts.</summary>
    public ImmutableArray<IAnswerCheck> Checks { get; init; } = [new TruncatedCheck(), new RefusalCheck()];

    public CascadeStreams Streams { get; init; }

    /// <summary>The trained scorer that reads the first step's answers, after the checks that cost nothing and before the judge; null for none.</summary>
    public ScorerOptions? Scorer { get; init; }

    /// <summary>The model that is asked whether an answer is good, after the checks that cost nothing; null for none.</summary>
    public ModelIdentifier? Judge { get; init; }

    /// <summary>The judge's points, from 1 to 10, with which an answer passes. Default 7.</summary>
    public int JudgePoints { get; init; } = 7;
}

/// <summary>How a trained scorer decides whether an answer goes on.</summary>
/// <param name="File">The file that <c>sluice cascade train</c> wrote.</param>
/// <param name="Share">The share of answers, from 0 to 1, that are to go on to the next step.</param>
public sealed record ScorerOptions(string File, double Share);
