using Sluice.Gateway.Levers.Routing.Classifying;

namespace Sluice.Lab.Routers.Learning;

/// <summary>Logistic regression on a handful of dense features by Newton's method: the calibration of scores, with rules beside them.</summary>
internal static class CalibrationFit
{
    private const int MaxSteps = 50;

    /// <summary>Keeps the system solvable where a feature never varies, and is too small to move a weight that the rows determine.</summary>
    private const double Ridge = 1e-3;

    /// <param name="features">For each row, its features; a constant is added.</param>
    /// <param name="targets">For each row, its chance from 0 to 1; NaN leaves the row out.</param>
    /// <returns>The constant, then a weight for each feature.</returns>
    public static double[] Fit(double[][] features, double[] targets)
    {
        var width = features.Length == 0 ? 1 : features[0].Length + 1;
        var weights = new double[width];
        for (var step = 0; step < MaxSteps; step++)
        {
            var gradient = new double[width];
            var hessian = new double[width, width];
            for (var i = 0; i < width; i++)
            {
                gradient[i] = Ridge * weights[i];
                hessian[i, i] = Ridge;
            }
            for (var row = 0; row < features.Length; row++)
            {
                if (double.IsNaN(targets[row]))
                    continue;
                var chance = Logistic.Chance(weights, features[row]);
                var curvature = chance * (1 - chance);
                for (var i = 0; i < width; i++)
                {
                    var x = i == 0 ? 1 : features[row][i - 1];
                    gradient[i] += (chance - targets[row]) * x;
                    for (var j = 0; j <= i; j++)
                        hessian[i, j] += curvature * x * (j == 0 ? 1 : features[row][j - 1]);
                }
            }
            var change = Solve(hessian, gradient);
            for (var i = 0; i < width; i++)
                weights[i] -= change[i];
            if (change.Max(Math.Abs) < 1e-9)
                break;
        }
        return weights;
    }

    /// <summary>Cholesky's decomposition of the lower triangle.</summary>
    private static double[] Solve(double[,] matrix, double[] right)
    {
        var n = right.Length;
        for (var j = 0; j < n; j++)
        {
            for (var i = j; i < n; i++)
            {
                var sum = matrix[i, j];
                for (var k = 0; k < j; k++)
                    sum -= matrix[i, k] * matrix[j, k];
                matrix[i, j] = i == j ? Math.Sqrt(Math.Max(sum, 1e-12)) : sum / matrix[j, j];
            }
        }
        var solution = (double[])right.Clone();
        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < i; k++)
                solution[i] -= matrix[i, k] * solution[k];
            solution[i] /= matrix[i, i];
        }
        for (var i = n - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < n; k++)
                solution[i] -= matrix[k, i] * solution[k];
            solution[i] /= matrix[i, i];
        }
        return solution;
    }
}
