using Sluice.Gateway.Levers.Cascading.Scoring;
using Sluice.Gateway.Levers.Routing.Classifying;
using Sluice.Lab.Routers.Learning;
using Sluice.Lab.Routers.Outcomes;

namespace Sluice.Lab.Routers.Cascades;

/// <summary>Trains a scorer of the weak model's answers. What it says before the answer is the router's word on the same lines.</summary>
internal static class ScorerFit
{
    /// <param name="table">The outcomes.</param>
    /// <param name="prompts">The features of all prompts.</param>
    /// <param name="answers">The features of the weak model's answers, with those of <see cref="AnswerFeatures"/>.</param>
    /// <param name="training">The lines to train on; no other is looked at.</param>
    /// <param name="pair">The two models.</param>
    /// <param name="seed">Of the inner folds.</param>
    public static ScorerWeights Of(OutcomeTable table, TextFeatures[] prompts, TextFeatures[] answers, int[] training, ModelPair pair, int seed)
    {
        var router = RouterFit.Of(table, prompts, training, [pair.Strong, pair.Weak], pair, seed);
        var space = new FeatureSpace(answers, training);
        var strongScores = training.Select(line => table.Scores[pair.Strong][line]).ToArray();
        var weakScores = training.Select(line => table.Scores[pair.Weak][line]).ToArray();
        var folds = Folds.Of(table.Prompts, training, RouterFit.InnerFolds(training.Length), seed);
        var head = HeadFit.Of(space.Rows(answers, training), space.RowsAsNew(answers, training), weakScores, folds);
        var features = Features(head.UnseenLogits, router.Unseen);
        var asNew = Features(head.NewLogits, router.AsNew);
        var weak = CalibrationFit.Fit(features, weakScores);
        var strong = CalibrationFit.Fit(features, strongScores);
        return new ScorerWeights
        {
            Router = router.Weights,
            Words = space.WordHashes,
            Pieces = space.PieceHashes,
            Rows = RouterFit.Interleave(space, [head]),
            Means = space.Means,
            Deviations = space.Deviations,
            Dense = RouterFit.DenseOf(space, head),
            WeakChance = weak,
            StrongChance = strong,
            Curve = RouterFit.Curve(
                [.. asNew.Select(f => Logistic.Chance(strong, f))], [.. asNew.Select(f => Logistic.Chance(weak, f))], strongScores, weakScores, _ => true),
            MinKnownShare = RouterFit.KnownBound(space, answers, training),
        };

        double[][] Features(double[] logits, double[][] chances) =>
            [.. training.Select((_, i) => (double[])[logits[i], Logistic.Logit(chances[0][i]), Logistic.Logit(chances[1][i])])];
    }

    /// <summary>The features of the weak model's answers, where there are any.</summary>
    public static TextFeatures[] AnswersOf(OutcomeTable table, ModelPair pair)
    {
        var answers = new TextFeatures[table.Count];
        Parallel.ForEach(pair.Lines, line => answers[line] = TextFeatures.Of(table.Answers[pair.Weak][line]!, AnswerFeatures.Of(table.Prompts[line], table.Answers[pair.Weak][line]!)));
        return answers;
    }
}
