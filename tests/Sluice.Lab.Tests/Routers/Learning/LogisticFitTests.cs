using Sluice.Lab.Routers.Learning;

namespace Sluice.Lab.Tests.Routers.Learning;

public sealed class LogisticFitTests
{
    /// <summary>At the optimum of |w|²/2 + C Σ loss, the gradient w - C Σ (y - p) x is 0.</summary>
    [Theory]
    [InlineData(0.1)]
    [InlineData(1)]
    [InlineData(10)]
    public void TheGradientVanishesAtTheFit(double penalty)
    {
        var (rows, targets) = Sample(400, 12);
        var fit = new LogisticFit(rows, [.. Enumerable.Range(0, rows.Count)], targets);
        fit.Fit(penalty);
        var gradient = fit.Weights.Select(w => (double)w).ToArray();
        for (var row = 0; row < rows.Count; row++)
        {
            var error = targets[row] - (1 / (1 + Math.Exp(-rows.Dot(row, fit.Weights))));
            for (var i = 0; i < rows.Columns(row).Length; i++)
                gradient[rows.Columns(row)[i]] -= penalty * error * rows.Values(row)[i];
        }
        Assert.InRange(gradient.Max(Math.Abs), 0, 0.02 * penalty * Math.Sqrt(rows.Count));
    }

    [Fact]
    public void FittingOnFromAnEarlierPenaltyEndsAtTheSamePlace()
    {
        var (rows, targets) = Sample(300, 8);
        int[] all = [.. Enumerable.Range(0, rows.Count)];
        var (fresh, warm) = (new LogisticFit(rows, all, targets), new LogisticFit(rows, all, targets));
        fresh.Fit(1);
        warm.Fit(0.1);
        warm.Fit(1);
        for (var i = 0; i < fresh.Weights.Length; i++)
            Assert.Equal(fresh.Weights[i], warm.Weights[i], 0.02);
    }

    [Fact]
    public void CalibrationFindsTheLineThatMadeTheChances()
    {
        var random = new Random(2);
        var features = Enumerable.Range(0, 500).Select(_ => new[] { random.NextDouble() - 0.5, random.NextDouble() - 0.5 }).ToArray();
        var targets = features.Select(f => 1 / (1 + Math.Exp(-(0.3 + (2 * f[0]) - f[1])))).ToArray();
        Assert.Equal([0.3, 2, -1], CalibrationFit.Fit(features, targets).Select(w => Math.Round(w, 1)));
    }

    private static (SparseRows Rows, double[] Targets) Sample(int count, int width)
    {
        var random = new Random(1);
        var rows = new SparseRows(width);
        var targets = new double[count];
        for (var row = 0; row < count; row++)
        {
            double sum = 0;
            for (var column = 0; column < width; column++)
            {
                if (random.NextDouble() < 0.6)
                    continue;
                var value = (float)(random.NextDouble() - 0.5);
                rows.Add(column, value);
                sum += value * (column - 5);
            }
            rows.EndRow();
            // Halves, and scores between, count for their parts.
            targets[row] = row % 5 == 0 ? 0.7 : sum + random.NextDouble() - 0.5 > 0 ? 1 : 0;
        }
        return (rows, targets);
    }
}
