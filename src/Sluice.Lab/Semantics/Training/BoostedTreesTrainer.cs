using Sluice.Gateway.Levers.SemanticRecall.Verifying;

namespace Sluice.Lab.Semantics.Training;

/// <summary>Grows <see cref="BoostedTrees"/> on histograms of at most 64 bins a feature, level by level, for the logistic loss. Deterministic.</summary>
internal sealed class BoostedTreesTrainer
{
    private const int Bins = 64;
    private const int Rounds = 150;
    private const int Depth = 5;
    private const double Rate = 0.1;
    private const double Shrinkage = 5;
    private const double MinWeight = 15;

    private readonly float[][] _edges;
    private readonly byte[][] _binned;
    private readonly double[] _gradients;
    private readonly double[] _curvatures;
    private readonly bool[] _labels;

    private BoostedTreesTrainer(IReadOnlyList<float[]> rows, bool[] labels)
    {
        _labels = labels;
        var features = rows[0].Length;
        _edges = new float[features][];
        _binned = new byte[features][];
        Parallel.For(0, features, f =>
        {
            var column = rows.Select(r => r[f]).ToArray();
            _edges[f] = EdgesOf(column);
            _binned[f] = [.. column.Select(v => (byte)BinOf(_edges[f], v))];
        });
        _gradients = new double[labels.Length];
        _curvatures = new double[labels.Length];
    }

    public static BoostedTrees Train(IReadOnlyList<float[]> rows, bool[] labels) => new BoostedTreesTrainer(rows, labels).Grow();

    private BoostedTrees Grow()
    {
        var share = Math.Clamp(_labels.Count(l => l) / (double)_labels.Length, 0.001, 0.999);
        var start = (float)Math.Log(share / (1 - share));
        var scores = new double[_labels.Length];
        Array.Fill(scores, start);
        var trees = new TreeNode[Rounds][];
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < scores.Length; i++)
            {
                var p = 1 / (1 + Math.Exp(-scores[i]));
                _gradients[i] = p - (_labels[i] ? 1 : 0);
                _curvatures[i] = p * (1 - p);
            }
            trees[round] = GrowTree(scores);
        }
        return new(start, trees);
    }

    private TreeNode[] GrowTree(double[] scores)
    {
        var nodes = new List<TreeNode> { default };
        var level = new List<(int Node, int[] Rows)> { (0, [.. Enumerable.Range(0, scores.Length)]) };
        for (var depth = 0; level.Count > 0; depth++)
        {
            var next = new List<(int, int[])>();
            foreach (var (node, rows) in level)
            {
                if (depth < Depth && BestSplit(rows) is { } split)
                {
                    var left = nodes.Count;
                    nodes[node] = new(split.Feature, _edges[split.Feature][split.Bin], left);
                    nodes.Add(default);
                    nodes.Add(default);
                    var column = _binned[split.Feature];
                    next.Add((left, [.. rows.Where(r => column[r] <= split.Bin)]));
                    next.Add((left + 1, [.. rows.Where(r => column[r] > split.Bin)]));
                    continue;
                }
                var (g, h) = (0.0, 0.0);
                foreach (var row in rows)
                    (g, h) = (g + _gradients[row], h + _curvatures[row]);
                var value = -Rate * g / (h + Shrinkage);
                nodes[node] = new(-1, (float)value, 0);
                foreach (var row in rows)
                    scores[row] += (float)value;
            }
            level = next;
        }
        return [.. nodes];
    }

    private (int Feature, int Bin)? BestSplit(int[] rows)
    {
        var best = new (double Gain, int Bin)[_binned.Length];
        Parallel.For(0, _binned.Length, f => best[f] = BestSplit(rows, f));
        var feature = 0;
        for (var f = 1; f < best.Length; f++)
        {
            if (best[f].Gain > best[feature].Gain)
                feature = f;
        }
        return best[feature].Gain > 1e-6 ? (feature, best[feature].Bin) : null;
    }

    private (double Gain, int Bin) BestSplit(int[] rows, int feature)
    {
        Span<double> gradients = stackalloc double[Bins];
        Span<double> curvatures = stackalloc double[Bins];
        gradients.Clear();
        curvatures.Clear();
        var column = _binned[feature];
        foreach (var row in rows)
        {
            var bin = column[row];
            gradients[bin] += _gradients[row];
            curvatures[bin] += _curvatures[row];
        }
        var (g, h) = (0.0, 0.0);
        for (var bin = 0; bin < Bins; bin++)
            (g, h) = (g + gradients[bin], h + curvatures[bin]);
        var whole = g * g / (h + Shrinkage);
        var (leftG, leftH) = (0.0, 0.0);
        (double Gain, int Bin) best = (0, 0);
        for (var bin = 0; bin < _edges[feature].Length; bin++)
        {
            (leftG, leftH) = (leftG + gradients[bin], leftH + curvatures[bin]);
            var (rightG, rightH) = (g - leftG, h - leftH);
            if (leftH < MinWeight || rightH < MinWeight)
                continue;
            var gain = (leftG * leftG / (leftH + Shrinkage)) + (rightG * rightG / (rightH + Shrinkage)) - whole;
            if (gain > best.Gain)
                best = (gain, bin);
        }
        return best;
    }

    /// <summary>The largest value of each bin but the last, at even steps of rank.</summary>
    private static float[] EdgesOf(float[] column)
    {
        var sorted = column.ToArray();
        Array.Sort(sorted);
        return [.. Enumerable.Range(1, Bins - 1).Select(i => sorted[(int)((long)i * (sorted.Length - 1) / Bins)]).Distinct().Where(edge => edge < sorted[^1])];
    }

    private static int BinOf(float[] edges, float value)
    {
        var place = Array.BinarySearch(edges, value);
        return place >= 0 ? place : ~place;
    }
}
