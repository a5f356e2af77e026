namespace Sluice.Gateway.Levers.SemanticRecall.Verifying;

/// <summary>A logistic regression over hashed features that are there or not.</summary>
public sealed class LinearModel(float[] weights, float bias)
{
    public float[] Weights => weights;

    public float Bias => bias;

    /// <summary>The logarithm of the odds.</summary>
    public float Score(ReadOnlySpan<int> features)
    {
        var sum = 0f;
        foreach (var feature in features)
            sum += weights[feature];
        // As in training: longer lists would else be surer of themselves.
        return bias + (sum / MathF.Sqrt(Math.Max(1, features.Length)));
    }
}
