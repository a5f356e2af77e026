using Sluice.Gateway.Levers.SemanticRecall.Verifying;

namespace Sluice.Lab.Semantics.Training;

/// <summary>Fits a <see cref="LinearModel"/> by stochastic gradient descent with steps of AdaGrad; deterministic for a seed.</summary>
internal static class LinearModelTrainer
{
    private const int Epochs = 4;
    private const float Step = 0.3f;
    private const float Shrinkage = 3e-5f;

    public static LinearModel Train(IReadOnlyList<int[]> features, ReadOnlySpan<bool> labels, ReadOnlySpan<int> rows, int seed)
    {
        var weights = new float[1 << PairDifference.Bits];
        var squares = new float[weights.Length];
        Array.Fill(squares, 0.1f);
        var bias = 0f;
        var order = rows.ToArray();
        var random = new Random(seed);
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            random.Shuffle(order);
            foreach (var row in order)
            {
                var x = features[row];
                var scale = 1 / MathF.Sqrt(Math.Max(1, x.Length));
                var sum = 0f;
                foreach (var feature in x)
                    sum += weights[feature];
                var error = (1 / (1 + MathF.Exp(-(bias + (sum * scale))))) - (labels[row] ? 1 : 0);
                bias -= 0.01f * error;
                foreach (var feature in x)
                {
                    var gradient = (error * scale) + (Shrinkage * weights[feature]);
                    squares[feature] += gradient * gradient;
                    weights[feature] -= Step * gradient / MathF.Sqrt(squares[feature]);
                }
            }
        }
        return new(weights, bias);
    }
}
