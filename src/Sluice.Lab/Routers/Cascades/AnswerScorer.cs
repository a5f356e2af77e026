using Sluice.Gateway.Levers.Routing.Classifying;
using Sluice.Lab.Routers.Learning;
using Sluice.Lab.Routers.Outcomes;

namespace Sluice.Lab.Routers.Cascades;

/// <summary>
/// Tells from a cheap model's answer whether it is right, and from the prompt and the answer what the strong model would make of
/// it. What it says before the answer is the router's word on the same training lines.
/// </summary>
internal sealed class AnswerScorer
{
    private readonly TextFeatures[] _answers;
    private readonly FeatureSpace _space;
    private readonly float[] _weights;
    private readonly double[] _weak;
    private readonly double[] _strong;
    private readonly Func<int, (double Strong, double Weak)> _promptChances;

    private AnswerScorer(TextFeatures[] answers, FeatureSpace space, float[] weights, double[] weak, double[] strong, Func<int, (double, double)> promptChances) =>
        (_answers, _space, _weights, _weak, _strong, _promptChances) = (answers, space, weights, weak, strong, promptChances);

    /// <summary>Which expected gain a share of escalations stands for, by lines that the scorer had not yet seen.</summary>
    public required ScoreCurve Curve { get; init; }

    public static AnswerScorer Of(OutcomeTable table, TextFeatures[] prompts, TextFeatures[] answers, int[] training, ModelPair pair, int seed)
    {
        int[] models = [pair.Strong, pair.Weak];
        var router = RouterFit.Of(table, prompts, training, models, pair, seed);
        var model = new RouterModel(router.Weights);
        var space = new FeatureSpace(answers, training);
        var strongScores = training.Select(line => table.Scores[pair.Strong][line]).ToArray();
        var weakScores = training.Select(line => table.Scores[pair.Weak][line]).ToArray();
        var head = HeadFit.Of(space.Rows(answers, training), weakScores, Folds.Of(table.Prompts, training, RouterFit.InnerFolds(training.Length), seed));
        var features = training.Select((_, i) => Features(head.UnseenLogits[i], router.Unseen[0][i], router.Unseen[1][i])).ToArray();
        var weak = CalibrationFit.Fit(features, weakScores);
        var strong = CalibrationFit.Fit(features, strongScores);
        return new AnswerScorer(answers, space, head.Weights, weak, strong, Chances)
        {
            Curve = RouterFit.Curve(
                [.. features.Select(f => CalibrationFit.Chance(strong, f))], [.. features.Select(f => CalibrationFit.Chance(weak, f))], strongScores, weakScores, _ => true),
        };

        (double, double) Chances(int line)
        {
            Span<double> qualities = stackalloc double[2];
            model.Score(System.Text.Encoding.UTF8.GetBytes(table.Prompts[line]), table.Tasks[line], qualities);
            return (qualities[0], qualities[1]);
        }
    }

    /// <summary>For each line, the strong model's expected gain before the weak one's answer is read, and after.</summary>
    public (double[] Before, double[] After) Gains(int[] lines)
    {
        var rows = _space.Rows(_answers, lines);
        var (before, after) = (new double[lines.Length], new double[lines.Length]);
        for (var i = 0; i < lines.Length; i++)
        {
            var (strong, weak) = _promptChances(lines[i]);
            var features = Features(rows.Dot(i, _weights), strong, weak);
            before[i] = strong - weak;
            after[i] = CalibrationFit.Chance(_strong, features) - CalibrationFit.Chance(_weak, features);
        }
        return (before, after);
    }

    private static double[] Features(double answer, double strong, double weak) => [answer, Logit(strong), Logit(weak)];

    private static double Logit(double chance) => Math.Log(Math.Clamp(chance, 1e-6, 1 - 1e-6) / (1 - Math.Clamp(chance, 1e-6, 1 - 1e-6)));
}
