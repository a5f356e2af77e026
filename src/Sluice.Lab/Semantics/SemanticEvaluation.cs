using Sluice.Gateway.Levers.SemanticRecall.Calibrating;
using Sluice.Gateway.Levers.SemanticRecall.Embedders;

namespace Sluice.Lab.Semantics;

/// <summary>How well each way to decide tells duplicates from the rest, on pairs that its models did not learn from.</summary>
public sealed class SemanticEvaluation
{
    public static readonly double[] Precisions = [0.80, 0.90, 0.95];

    private readonly IReadOnlyList<LabelledPair> _pairs;
    private readonly int[] _folds;
    private readonly CrossScores _scores;
    private readonly bool[] _labels;
    private readonly double _target;

    private SemanticEvaluation(IReadOnlyList<LabelledPair> pairs, int[] folds, CrossScores scores, double target) =>
        (_pairs, _folds, _scores, _target, _labels) = (pairs, folds, scores, target, [.. pairs.Select(p => p.IsDuplicate)]);

    /// <param name="targetPrecision">What the threshold is calibrated to.</param>
    /// <returns>A row for the cosine and, with a verifier, its probability, each without and with guards.</returns>
    public static IReadOnlyList<SemanticScore> Run(IReadOnlyList<LabelledPair> pairs, int folds, int seed, double targetPrecision, bool withVerifier)
    {
        var foldOf = QuestionComponents.Folds(pairs, folds, seed);
        var scores = CrossScores.Of(pairs, foldOf, seed, withVerifier);
        var evaluation = new SemanticEvaluation(pairs, foldOf, scores, targetPrecision);
        List<SemanticScore> rows = [evaluation.Score("cosine", scores.Cosines, false), evaluation.Score("cosine, guards", scores.Guarded(scores.Cosines), false)];
        if (withVerifier)
        {
            rows.Add(evaluation.Score("verifier", scores.Probabilities, true));
            rows.Add(evaluation.Score("verifier, guards", scores.Guarded(scores.Probabilities), true));
        }
        return rows;
    }

    private SemanticScore Score(string name, double[] scores, bool isVerified)
    {
        var positives = _labels.Count(l => l);
        var auc = RankMetrics.Auc(scores, _labels);
        var recalls = Precisions.Select(p => RankMetrics.RecallAt(p, scores, _labels).Recall).ToArray();
        var calibration = Calibrate(scores, isVerified, _ => true);
        return new(name, _pairs.Count, positives, auc, RankMetrics.AucInterval(auc, positives, _pairs.Count - positives),
            [.. recalls.Select(r => new RecallAtPrecision(r, WilsonInterval.Of(r * positives, positives)))], calibration?.Threshold, Held(scores, isVerified));
    }

    /// <summary>What a threshold that was calibrated on the other folds does on each.</summary>
    private HeldOut? Held(double[] scores, bool isVerified)
    {
        var (taken, right) = (0, 0);
        foreach (var fold in _folds.Distinct())
        {
            if (Calibrate(scores, isVerified, i => _folds[i] != fold) is not { } calibration)
                continue;
            for (var i = 0; i < scores.Length; i++)
            {
                if (_folds[i] != fold || scores[i] < calibration.Threshold)
                    continue;
                taken++;
                right += _labels[i] ? 1 : 0;
            }
        }
        return taken == 0 ? null : new(taken, right, WilsonInterval.Of(right, taken));
    }

    private Calibration? Calibrate(double[] scores, bool isVerified, Func<int, bool> use) => Calibrator.FromPairs(
        new EmbedderIdentity("evaluation", CharacterFeatures.DimensionCount, "folds"), isVerified,
        [.. Enumerable.Range(0, scores.Length).Where(use).Select(i => (scores[i], _labels[i]))], _target);
}

/// <param name="Threshold">Calibrated on all folds' held-out scores; null if no threshold's precision is proven.</param>
/// <param name="Held">Null where no fold could be calibrated.</param>
public sealed record SemanticScore(string Name, int Pairs, int Duplicates, double Auc, WilsonInterval AucInterval, IReadOnlyList<RecallAtPrecision> Recalls, double? Threshold, HeldOut? Held);

public sealed record RecallAtPrecision(double Recall, WilsonInterval Interval);

/// <param name="Taken">How many pairs a threshold that was calibrated elsewhere lets pass.</param>
public sealed record HeldOut(int Taken, int Right, WilsonInterval Precision);
