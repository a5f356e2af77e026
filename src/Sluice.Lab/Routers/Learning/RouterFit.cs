using Sluice.Gateway.Levers.Routing.Classifying;
using Sluice.Lab.Routers.Outcomes;

namespace Sluice.Lab.Routers.Learning;

/// <summary>A router fitted to some lines of a table, with what it said of them while it had not yet seen them.</summary>
internal sealed class RouterFit
{
    /// <summary>Below this many lines each one counts, and more inner folds cost little.</summary>
    private const int FewLines = 2000;

    /// <summary>Of the training prompts, this share is less known than what the router dares to score.</summary>
    private const double UnknownShare = 0.002;

    /// <summary>Unseen prompts are less known than training prompts, so the bound stands this much lower.</summary>
    private const float KnownMargin = 0.8f;

    private const int CurvePoints = 201;

    /// <summary>The one-sided 95 % quantile of the normal distribution.</summary>
    private const double OneSided95 = 1.645;

    public required RouterWeights Weights { get; init; }

    /// <summary>For each head, the penalty that was chosen.</summary>
    public required double[] Penalties { get; init; }

    /// <summary>For each head, for each training line, its calibrated chance from folds that did not hold the line.</summary>
    public required double[][] Unseen { get; init; }

    /// <summary>The same with each line seen as a new prompt is, which is what shares are taken from.</summary>
    public required double[][] AsNew { get; init; }

    /// <summary>
    /// Into how many parts a training fold is split in turn. With three, thresholds came from routers that had seen so much less
    /// that shares were missed by two points; the weights of the final router are spread wider.
    /// </summary>
    public static int InnerFolds(int lines) => lines < FewLines ? 16 : 8;

    /// <param name="table">The outcomes.</param>
    /// <param name="texts">The features of all prompts.</param>
    /// <param name="lines">The lines to train on; no other is looked at.</param>
    /// <param name="models">Places of the models that get a head, the strong and the weak one among them.</param>
    /// <param name="pair">The two that are chosen between.</param>
    /// <param name="seed">Of the inner folds.</param>
    public static RouterFit Of(OutcomeTable table, TextFeatures[] texts, int[] lines, int[] models, ModelPair pair, int seed)
    {
        var space = new FeatureSpace(texts, lines);
        var rows = space.Rows(texts, lines);
        var newRows = space.RowsAsNew(texts, lines);
        var folds = Folds.Of(table.Prompts, lines, InnerFolds(lines.Length), seed);
        var targets = models.Select(model => lines.Select(line => table.Scores[model][line]).ToArray()).ToArray();
        var heads = new HeadFit[models.Length];
        Parallel.For(0, models.Length, head => heads[head] = HeadFit.Of(rows, newRows, targets[head], folds));

        var lengths = lines.Select(line => (double)TermWeights.Standardised(texts[line].Dense[0], space.Means[0], space.Deviations[0])).ToArray();
        var hasTask = lines.Select(line => table.Tasks[line] is not null).ToArray();
        var unseenTasks = models.Select(model => UnseenTaskLogits(table, model, lines, folds)).ToArray();
        var without = models.Select((_, h) => Calibrate(heads[h], targets[h], lengths, null)).ToArray();
        var tasks = lines.Select(line => table.Tasks[line]).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var with = tasks.Length == 0 ? [] : models.Select((_, h) => Calibrate(heads[h], [.. targets[h].Select((t, i) => hasTask[i] ? t : double.NaN)], lengths, unseenTasks[h])).ToArray();

        var plain = Chances(isTagged: false, head => head.NewLogits);
        var tagged = Chances(isTagged: true, head => head.NewLogits);
        var (strong, weak) = (Array.IndexOf(models, pair.Strong), Array.IndexOf(models, pair.Weak));
        return new RouterFit
        {
            Penalties = [.. heads.Select(h => h.Penalty)],
            AsNew = tagged,
            Unseen = Chances(isTagged: true, head => head.UnseenLogits),
            Weights = new RouterWeights
            {
                Models = [.. models.Select(m => table.Models[m])],
                Strong = strong,
                Weak = weak,
                Words = space.WordHashes,
                Pieces = space.PieceHashes,
                Rows = Interleave(space, heads),
                ShapeMeans = space.Means,
                ShapeDeviations = space.Deviations,
                Shapes = [.. heads.SelectMany(h => DenseOf(space, h))],
                Tasks = tasks,
                TaskLogits = TaskLogits(table, models, lines, tasks),
                WithoutTask = without,
                WithTask = with,
                CurveWithoutTask = Curve(plain[strong], plain[weak], targets[strong], targets[weak], _ => true),
                CurveWithTask = tasks.Length == 0 ? new ScoreCurve([], []) : Curve(tagged[strong], tagged[weak], targets[strong], targets[weak], i => hasTask[i]),
                MinKnownShare = KnownBound(space, texts, lines),
                DataDigest = table.Digest,
            },
        };

        double[][] Chances(bool isTagged, Func<HeadFit, double[]> logits) => [.. models.Select((_, h) => lines.Select((_, i) => isTagged && hasTask[i]
            ? with[h].Probability(logits(heads[h])[i], unseenTasks[h][i], lengths[i])
            : without[h].Probability(logits(heads[h])[i], 0, lengths[i])).ToArray())];
    }

    private static Calibration Calibrate(HeadFit head, double[] targets, double[] lengths, double[]? taskLogits)
    {
        var weights = CalibrationFit.Fit(
            [.. head.UnseenLogits.Select((logit, i) => taskLogits is null ? new[] { logit, lengths[i] } : [logit, lengths[i], taskLogits[i]])], targets);
        return new((float)weights[0], (float)weights[1], taskLogits is null ? 0 : (float)weights[3], (float)weights[2]);
    }

    /// <summary>For each line, its task's mean by the lines of the other inner folds.</summary>
    private static double[] UnseenTaskLogits(OutcomeTable table, int model, int[] lines, int[] folds)
    {
        var tables = Enumerable.Range(0, InnerFolds(lines.Length))
            .Select(fold => new TaskTable(table.Tasks, table.Scores[model], [.. lines.Where((_, i) => folds[i] != fold)]))
            .ToArray();
        return [.. lines.Select((line, i) => tables[folds[i]].Logit(table.Tasks[line]))];
    }

    private static float[] TaskLogits(OutcomeTable table, int[] models, int[] lines, string[] tasks)
    {
        var means = models.Select(model => new TaskTable(table.Tasks, table.Scores[model], lines)).ToArray();
        return [.. tasks.SelectMany(task => means.Select(m => (float)m.Logit(task)))];
    }

    /// <summary>The share of a text's words and pairs that has to be known for a score to count.</summary>
    public static float KnownBound(FeatureSpace space, TextFeatures[] texts, int[] lines) =>
        KnownMargin * Quantile([.. lines.Select(line => space.KnownShareWithout(texts[line]))], UnknownShare);

    /// <summary>A head's constant, then its weight for each dense feature.</summary>
    public static float[] DenseOf(FeatureSpace space, HeadFit head) => [head.Weights[^1], .. head.Weights.AsSpan(space.Idf.Length..^1)];

    /// <summary>For each n-gram: its idf and a weight for each head.</summary>
    public static float[] Interleave(FeatureSpace space, HeadFit[] heads)
    {
        var stride = heads.Length + 1;
        var rows = new float[space.Idf.Length * stride];
        for (var feature = 0; feature < space.Idf.Length; feature++)
        {
            rows[feature * stride] = space.Idf[feature];
            for (var head = 0; head < heads.Length; head++)
                rows[(feature * stride) + 1 + head] = heads[head].Weights[feature];
        }
        return rows;
    }

    /// <summary>Orders lines by expected gain and says what each share of strong calls would have given.</summary>
    public static ScoreCurve Curve(double[] strongChances, double[] weakChances, double[] strongScores, double[] weakScores, Func<int, bool> counts)
    {
        var order = Enumerable.Range(0, strongScores.Length)
            .Where(i => counts(i) && !double.IsNaN(strongScores[i]) && !double.IsNaN(weakScores[i]))
            .OrderByDescending(i => strongChances[i] - weakChances[i]).ToArray();
        if (order.Length == 0)
            return new ScoreCurve([], []);
        var gains = new float[CurvePoints];
        var qualities = new float[CurvePoints];
        var sums = (Sum: order.Sum(i => weakScores[i]), Squares: order.Sum(i => weakScores[i] * weakScores[i]));
        var taken = 0;
        for (var point = 0; point < CurvePoints; point++)
        {
            var share = (double)point / (CurvePoints - 1);
            var upTo = (int)Math.Round(share * order.Length);
            for (; taken < upTo; taken++)
            {
                var i = order[taken];
                sums = (sums.Sum + strongScores[i] - weakScores[i], sums.Squares + (strongScores[i] * strongScores[i]) - (weakScores[i] * weakScores[i]));
            }
            var mean = sums.Sum / order.Length;
            var variance = Math.Max(0, (sums.Squares / order.Length) - (mean * mean));
            qualities[point] = (float)(mean - (OneSided95 * Math.Sqrt(variance / order.Length)));
            var at = order[Math.Clamp(upTo, 0, order.Length - 1)];
            gains[point] = (float)(strongChances[at] - weakChances[at]);
        }
        return new ScoreCurve(gains, qualities);
    }

    private static float Quantile(double[] values, double share)
    {
        Array.Sort(values);
        return (float)values[(int)(share * (values.Length - 1))];
    }
}
