namespace Sluice.Lab.Routers.Learning;

/// <summary>
/// Logistic regression with an L2 penalty by coordinate descent in the dual (Yu, Huang and Lin, "Dual coordinate descent
/// methods for logistic regression and maximum entropy models", Machine Learning 85, 2011). Five passes give the ranking that
/// thirty do. It is scalar: its time goes into fetching scattered weights, which vector instructions do not help.
/// </summary>
internal sealed class LogisticFit
{
    private const int Passes = 6;
    private const int MaxNewtonSteps = 20;
    private const double NewtonTolerance = 1e-4;

    private readonly SparseRows _rows;
    private readonly (int Row, int Sign, float Weight)[] _examples;
    private readonly double[] _duals;
    private readonly double[] _norms;
    private double _penalty;

    /// <param name="rows">The matrix.</param>
    /// <param name="training">Which rows are trained on.</param>
    /// <param name="targets">For each row, its chance from 0 to 1; NaN where it is not known, which leaves the row out.</param>
    public LogisticFit(SparseRows rows, ReadOnlySpan<int> training, double[] targets)
    {
        _rows = rows;
        var examples = new List<(int, int, float)>(training.Length);
        foreach (var row in training)
        {
            // A chance between 0 and 1 is both outcomes, each for its part.
            if (targets[row] > 0)
                examples.Add((row, 1, (float)targets[row]));
            if (targets[row] < 1)
                examples.Add((row, -1, (float)(1 - targets[row])));
        }
        _examples = [.. examples];
        _duals = new double[_examples.Length];
        _norms = [.. _examples.Select(e => rows.SquaredNorm(e.Row))];
        Weights = new float[rows.Width];
    }

    public float[] Weights { get; }

    /// <summary>Fits anew, beginning with what an earlier penalty gave.</summary>
    /// <param name="penalty">What an error costs beside the squared weights; the greater, the closer to the training rows.</param>
    public void Fit(double penalty)
    {
        Begin(penalty);
        var random = new Random(1);
        var order = Enumerable.Range(0, _examples.Length).ToArray();
        for (var pass = 0; pass < Passes; pass++)
        {
            random.Shuffle(order);
            foreach (var example in order)
                Improve(example);
        }
    }

    private void Begin(double penalty)
    {
        // The dual's bounds grow with the penalty, so its values are taken along in proportion.
        var scale = _penalty > 0 ? penalty / _penalty : 0;
        _penalty = penalty;
        Array.Clear(Weights);
        for (var i = 0; i < _examples.Length; i++)
        {
            var (row, sign, weight) = _examples[i];
            var bound = penalty * weight;
            _duals[i] = Math.Clamp(_duals[i] * scale, bound * 1e-3, bound * 0.999);
            _rows.AddTo(Weights, row, (float)(sign * _duals[i]));
        }
    }

    /// <summary>Newton's method on one dual variable, from whichever end of its interval it is nearer to.</summary>
    private void Improve(int example)
    {
        var (row, sign, weight) = _examples[example];
        var bound = _penalty * weight;
        var norm = _norms[example];
        var dual = _duals[example];
        var margin = sign * _rows.Dot(row, Weights);
        var fromLow = (0.5 * norm * (bound - (2 * dual))) + margin >= 0;
        var (start, slope) = fromLow ? (dual, margin) : (bound - dual, -margin);
        var z = start;
        if (bound - z < 0.5 * bound)
            z *= 0.1;
        for (var step = 0; step < MaxNewtonSteps; step++)
        {
            var gradient = (norm * (z - start)) + slope + Math.Log(z / (bound - z));
            if (Math.Abs(gradient) < NewtonTolerance)
                break;
            var next = z - (gradient / (norm + (bound / ((bound - z) * z))));
            z = next <= 0 ? z * 0.1 : Math.Min(next, bound * (1 - 1e-9));
        }
        var improved = fromLow ? z : bound - z;
        _duals[example] = improved;
        _rows.AddTo(Weights, row, (float)(sign * (improved - dual)));
    }
}
