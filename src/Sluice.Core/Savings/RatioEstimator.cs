namespace Sluice.Core.Savings;

/// <summary>
/// Estimates what the treated conversations would have cost: their size times the control group's cost by size. Both
/// intervals allow for the control group being a sample, and for the treated conversations having luck of their own.
/// </summary>
/// <remarks>
/// Costs of conversations are skewed, and a 2 % control group of 2,000 has but 40. There the textbook's interval of a ratio
/// holds the truth only 84 to 92 times in 100, percentile and BCa bootstraps 81 to 92 times, and the studentised one 92 to 93
/// times (log-normal costs, sigma 1 and 1.5). Two corrections bring it to 93 to 96: residuals are divided by one minus their leverage, as the jackknife does, and
/// the degrees of freedom are those of as many conversations of equal size as would weigh the same.
/// </remarks>
internal sealed class RatioEstimator
{
    private const int Samples = 1_999;
    private const double Tail = 0.025;

    private readonly (double Cost, double Size)[] _control;
    private readonly double _treatedSize;
    private readonly double _treatedSquares;
    private readonly double _ratio;
    private readonly double _degrees;
    private readonly double _error;

    /// <param name="control">Cost and size of each control conversation; at least two.</param>
    /// <param name="treatedSize">The sum of the treated conversations' sizes.</param>
    /// <param name="treatedSquares">The sum of their squares.</param>
    public RatioEstimator((double Cost, double Size)[] control, double treatedSize, double treatedSquares)
    {
        (_control, _treatedSize, _treatedSquares) = (control, treatedSize, treatedSquares);
        var (sums, squares, variance) = Measure(control);
        _ratio = sums.Cost / sums.Size;
        _degrees = Math.Max(1, (sums.Size * sums.Size / squares) - 1);
        // The luck of the treated: residuals grow with size, so those of the control group are scaled by its squares.
        var residuals = 0.0;
        foreach (var (cost, size) in control)
            residuals += Square(cost - (_ratio * size));
        _error = Math.Sqrt((treatedSize * treatedSize * variance) + (treatedSquares * residuals / squares));
    }

    private double Estimate => _ratio * _treatedSize;

    /// <summary>The linearised (delta-method) interval with the corrections above.</summary>
    public UsdEstimate Linearised()
    {
        var margin = StudentT.Quantile(2 * Tail, _degrees) * _error;
        return new UsdEstimate(Estimate, Estimate - margin, Estimate + margin);
    }

    /// <summary>
    /// The studentised bootstrap: conversations are drawn again, each sample is measured by its own error, and the quantiles of
    /// that take the place of Student's.
    /// </summary>
    public UsdEstimate Bootstrap(Random random)
    {
        var sample = new (double Cost, double Size)[_control.Length];
        var deviations = new double[Samples];
        for (var i = 0; i < deviations.Length; i++)
        {
            for (var j = 0; j < sample.Length; j++)
                sample[j] = _control[random.Next(_control.Length)];
            var (sums, _, variance) = Measure(sample);
            var error = Math.Sqrt(variance);
            deviations[i] = error > 0 ? ((sums.Cost / sums.Size) - _ratio) / error : 0;
        }
        Array.Sort(deviations);
        var skipped = (int)((Samples + 1) * Tail) - 1;
        return new UsdEstimate(Estimate, Estimate - (deviations[^(skipped + 1)] * _error), Estimate - (deviations[skipped] * _error));
    }

    /// <summary>Sums, the sum of the squared sizes, and the variance of the ratio of the sums.</summary>
    private static ((double Cost, double Size) Sums, double Squares, double Variance) Measure(ReadOnlySpan<(double Cost, double Size)> conversations)
    {
        var (costs, sizes, squares) = (0.0, 0.0, 0.0);
        foreach (var (cost, size) in conversations)
        {
            costs += cost;
            sizes += size;
            squares += size * size;
        }
        var ratio = costs / sizes;
        var deviations = 0.0;
        foreach (var (cost, size) in conversations)
            deviations += Square((cost - (ratio * size)) / (1 - (size / sizes)));
        return ((costs, sizes), squares, deviations / (sizes * sizes));
    }

    private static double Square(double value) => value * value;
}
