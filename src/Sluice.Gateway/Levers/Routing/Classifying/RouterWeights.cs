namespace Sluice.Gateway.Levers.Routing.Classifying;

/// <summary>All that training leaves behind, and all that a model file holds. One head for each model predicts how well that model answers.</summary>
public sealed class RouterWeights
{
    public required string[] Models { get; init; }

    /// <summary>Places among <see cref="Models"/> of the two that are chosen between.</summary>
    public required int Strong { get; init; }

    public required int Weak { get; init; }

    /// <summary>Hashes of words and pairs of words, rising.</summary>
    public required uint[] Words { get; init; }

    /// <summary>Hashes of pieces, rising.</summary>
    public required uint[] Pieces { get; init; }

    /// <summary>For each word, then for each piece: its idf and a weight for each head.</summary>
    public required float[] Rows { get; init; }

    public required float[] ShapeMeans { get; init; }

    public required float[] ShapeDeviations { get; init; }

    /// <summary>For each head: its constant, then a weight for each shape feature.</summary>
    public required float[] Shapes { get; init; }

    /// <summary>Tasks in ordinal order; empty if the training prompts had none.</summary>
    public required string[] Tasks { get; init; }

    /// <summary>For each task, for each head: the log-odds of the task's mean score, drawn to the mean of all where the task is rare.</summary>
    public required float[] TaskLogits { get; init; }

    /// <summary>For each head, for calls whose task is not known.</summary>
    public required Calibration[] WithoutTask { get; init; }

    /// <summary>For each head, for calls whose task is known; empty without tasks.</summary>
    public required Calibration[] WithTask { get; init; }

    public required ScoreCurve CurveWithoutTask { get; init; }

    public required ScoreCurve CurveWithTask { get; init; }

    /// <summary>The share of a prompt's words and pairs that must be known for the score to count.</summary>
    public required float MinKnownShare { get; init; }

    /// <summary>SHA-256 in hexadecimal of the training outcomes.</summary>
    public required string DataDigest { get; init; }

    public int Stride => Models.Length + 1;
}
