using Sluice.Gateway.Levers.Routing.Classifying;

namespace Sluice.Lab.Routers.Learning;

/// <summary>
/// One model's head: how well it answers, learnt from the training rows alone. The penalty is chosen on inner folds, and what
/// those folds said of rows that they had not seen is kept for calibration.
/// </summary>
/// <param name="Weights">Fitted to all rows.</param>
/// <param name="Penalty">The one that was chosen.</param>
/// <param name="UnseenLogits">For each row, what the fit without its fold says of it.</param>
/// <param name="NewLogits">The same of the row as it would look had it not been trained on: what the final weights will say of new texts.</param>
internal sealed record HeadFit(float[] Weights, double Penalty, double[] UnseenLogits, double[] NewLogits)
{
    private static readonly double[] Penalties = [0.3, 1, 3];

    /// <summary>How many of the inner folds try every penalty. Choosing needs fewer of them than calibration does.</summary>
    private const int ChoosingFolds = 3;

    /// <param name="rows">The training rows.</param>
    /// <param name="newRows">The same lines as they would look had they not been trained on.</param>
    /// <param name="targets">For each row, its score; NaN where it is not known.</param>
    /// <param name="folds">For each row, its inner fold.</param>
    public static HeadFit Of(SparseRows rows, SparseRows newRows, double[] targets, int[] folds)
    {
        var unseen = Penalties.Select(_ => new double[rows.Count]).ToArray();
        var news = Penalties.Select(_ => new double[rows.Count]).ToArray();
        var count = folds.Max() + 1;
        Parallel.For(0, Math.Min(ChoosingFolds, count), fold => FitWithout(fold, [.. Enumerable.Range(0, Penalties.Length)]));
        double[] chosenOn = [.. targets.Select((target, row) => folds[row] < ChoosingFolds ? target : double.NaN)];
        var best = Penalties.Index().MinBy(p => LossOnceCalibrated(unseen[p.Index], chosenOn)).Index;
        Parallel.For(Math.Min(ChoosingFolds, count), count, fold => FitWithout(fold, best));
        var final = new LogisticFit(rows, [.. Enumerable.Range(0, rows.Count)], targets);
        final.Fit(Penalties[best]);
        return new(final.Weights, Penalties[best], unseen[best], news[best]);

        void FitWithout(int fold, params int[] penalties)
        {
            var fit = new LogisticFit(rows, [.. Enumerable.Range(0, rows.Count).Where(row => folds[row] != fold)], targets);
            foreach (var penalty in penalties)
            {
                fit.Fit(Penalties[penalty]);
                for (var row = 0; row < rows.Count; row++)
                {
                    if (folds[row] == fold)
                        (unseen[penalty][row], news[penalty][row]) = (rows.Dot(row, fit.Weights), newRows.Dot(row, fit.Weights));
                }
            }
        }
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
            var chance = Math.Clamp(Logistic.Chance(weights, features[row]), 1e-9, 1 - 1e-9);
            loss -= (targets[row] * Math.Log(chance)) + ((1 - targets[row]) * Math.Log(1 - chance));
        }
        return loss;
    }
}
