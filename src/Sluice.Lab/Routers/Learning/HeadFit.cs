namespace Sluice.Lab.Routers.Learning;

/// <summary>
/// One model's head: how well it answers, learnt from the training rows alone. The penalty is chosen on inner folds, and what
/// those folds said of rows that they had not seen is kept for calibration.
/// </summary>
internal sealed record HeadFit(float[] Weights, double Penalty, double[] UnseenLogits)
{
    private static readonly double[] Penalties = [0.1, 0.3, 1, 3];

    /// <param name="rows">The training rows.</param>
    /// <param name="targets">For each row, its score; NaN where it is not known.</param>
    /// <param name="folds">For each row, its inner fold.</param>
    public static HeadFit Of(SparseRows rows, double[] targets, int[] folds)
    {
        var unseen = Penalties.Select(_ => new double[rows.Count]).ToArray();
        Parallel.For(0, folds.Max() + 1, fold =>
        {
            var fit = new LogisticFit(rows, [.. Enumerable.Range(0, rows.Count).Where(row => folds[row] != fold)], targets);
            for (var i = 0; i < Penalties.Length; i++)
            {
                fit.Fit(Penalties[i]);
                for (var row = 0; row < rows.Count; row++)
                {
                    if (folds[row] == fold)
                        unseen[i][row] = rows.Dot(row, fit.Weights);
                }
            }
        });
        var best = Penalties.Index().MinBy(p => LossOnceCalibrated(unseen[p.Index], targets)).Index;
        var final = new LogisticFit(rows, [.. Enumerable.Range(0, rows.Count)], targets);
        final.Fit(Penalties[best]);
        return new(final.Weights, Penalties[best], unseen[best]);
    }

    /// <summary>Calibrated first, since a strong penalty draws the scores together and that alone does no harm.</summary>
    private static double LossOnceCalibrated(double[] logits, double[] targets)
    {
        var features = logits.Select(logit => new[] { logit }).ToArray();
        var weights = CalibrationFit.Fit(features, targets);
        var loss = 0.0;
        for (var row = 0; row < features.Length; row++)
        {
            if (double.IsNaN(targets[row]))
                continue;
            var chance = Math.Clamp(CalibrationFit.Chance(weights, features[row]), 1e-9, 1 - 1e-9);
            loss -= (targets[row] * Math.Log(chance)) + ((1 - targets[row]) * Math.Log(1 - chance));
        }
        return loss;
    }
}
