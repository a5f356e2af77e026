using Sluice.Gateway.Levers.Routing.Classifying;

namespace Sluice.Gateway.Levers.Cascading.Scoring;

/// <summary>All that the training of an answer scorer leaves behind, and all that its file holds.</summary>
public sealed class ScorerWeights
{
    /// <summary>What the prompt says of both models before an answer is there.</summary>
    public required RouterWeights Router { get; init; }

    /// <summary>Hashes of the answers' words and pairs of words, rising.</summary>
    public required uint[] Words { get; init; }

    /// <summary>Hashes of the answers' pieces, rising.</summary>
    public required uint[] Pieces { get; init; }

    /// <summary>For each word, then for each piece: its idf and its weight.</summary>
    public required float[] Rows { get; init; }

    /// <summary>Of the dense features, the shape first.</summary>
    public required float[] Means { get; init; }

    public required float[] Deviations { get; init; }

    /// <summary>The constant, then a weight for each dense feature.</summary>
    public required float[] Dense { get; init; }

    /// <summary>
    /// The chance that the weak model's answer is right: a constant, then weights of the answer's log-odds and of the prompt's
    /// for the strong and for the weak model.
    /// </summary>
    public required double[] WeakChance { get; init; }

    /// <summary>The same for what the strong model would answer.</summary>
    public required double[] StrongChance { get; init; }

    /// <summary>Which expected gain a share of escalations stands for, by lines that the weights had not seen.</summary>
    public required ScoreCurve Curve { get; init; }

    /// <summary>The share of an answer's words and pairs that must be known for the score to count.</summary>
    public required float MinKnownShare { get; init; }
}
