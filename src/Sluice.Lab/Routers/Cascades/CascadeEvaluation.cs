using System.Globalization;
using System.Text;
using Sluice.Gateway.Levers.Cascading.Scoring;
using Sluice.Lab.Routers.Learning;
using Sluice.Lab.Routers.Metrics;
using Sluice.Lab.Routers.Outcomes;

namespace Sluice.Lab.Routers.Cascades;

/// <summary>
/// Measures cascades on recorded answers. The scorer and its thresholds come from the training folds; every attempt is
/// billed, so what escalates pays both models.
/// </summary>
public static class CascadeEvaluation
{
    public const string CascadePolicy = "cascade";
    public const string LongerAnswerPolicy = "longer answer";

    private static readonly double[] AskedShares = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

    /// <exception cref="OutcomeException">No cheaper model has recorded answers, or there are too few lines.</exception>
    public static CascadeReport Run(OutcomeTable table, EvaluationOptions options)
    {
        var chosen = ModelPair.Choose(table, options.Strong, options.Weak);
        var firsts = options.Weak is not null ? [chosen.Weak] : Firsts(table, chosen);
        var choices = new List<CostQuality>();
        var measured = firsts.Select(first => Measure(table, WithAnswers(table, chosen with { Weak = first }), options, choices)).ToList();
        var models = firsts.Append(chosen.Strong).ToArray();
        var complete = table.LinesWith(models);
        var hasCosts = complete.Length > 0 && !models.Any(m => double.IsNaN(table.MeanCostUsd(m, complete)));
        choices.AddRange(models.Where(_ => hasCosts).Select(m => new CostQuality(table.Models[m], ChoiceKind.SingleModel, table.MeanCostUsd(m, complete), table.MeanScore(m, complete))));
        return new CascadeReport
        {
            DataDigest = table.Digest,
            Folds = options.Folds,
            Seed = options.Seed,
            Cascades = measured,
            Frontier = hasCosts ? Frontier.Of(choices) : null,
        };
    }

    /// <summary>The models that may answer first: with recorded answers, cheaper than the strong one, and not worse than one that is cheaper still.</summary>
    private static int[] Firsts(OutcomeTable table, ModelPair chosen)
    {
        var lines = table.LinesWith(chosen.Strong, chosen.Weak);
        var others = Enumerable.Range(0, table.Models.Length).Where(m => m != chosen.Strong && Lines(table, chosen.Strong, m).Length >= 2 * RouterEvaluation.MinLines).ToArray();
        if (others.Length == 0 || others.Append(chosen.Strong).Any(m => double.IsNaN(table.MeanCostUsd(m, lines))))
            return [chosen.Weak];
        var frontier = Frontier.Of(others.Append(chosen.Strong).Select(m => new CostQuality(table.Models[m], ChoiceKind.SingleModel, table.MeanCostUsd(m, lines), table.MeanScore(m, lines))));
        var firsts = frontier.Points.Select(p => table.Place(p.Name)).Where(m => m != chosen.Strong && table.MeanCostUsd(m, lines) < table.MeanCostUsd(chosen.Strong, lines)).ToArray();
        return firsts.Length > 0 ? firsts : [chosen.Weak];
    }

    /// <summary>Trains a scorer on all lines that have the weak model's answer and both scores.</summary>
    /// <exception cref="OutcomeException">There are too few lines, or the models can't be told.</exception>
    public static ScorerWeights Train(OutcomeTable table, EvaluationOptions options)
    {
        var chosen = ModelPair.Choose(table, options.Strong, options.Weak);
        var pair = WithAnswers(table, chosen);
        return ScorerFit.Of(table, TextFeatures.OfAll(table.Prompts), ScorerFit.AnswersOf(table, pair), pair.Lines, pair, options.Seed);
    }

    /// <exception cref="OutcomeException">Too few lines have an answer.</exception>
    private static ModelPair WithAnswers(OutcomeTable table, ModelPair pair)
    {
        var lines = Lines(table, pair.Strong, pair.Weak);
        return lines.Length >= 2 * RouterEvaluation.MinLines
            ? pair with { Lines = lines }
            : throw new OutcomeException($"{lines.Length} lines have the `text` of an answer of {table.Models[pair.Weak]} and a score of {table.Models[pair.Strong]}; to measure a cascade takes {2 * RouterEvaluation.MinLines}.");
    }

    private static int[] Lines(OutcomeTable table, int strong, int weak) => [.. table.LinesWith(strong, weak).Where(line => table.Answers[weak][line] is not null)];

    private static MeasuredCascade Measure(OutcomeTable table, ModelPair pair, EvaluationOptions options, List<CostQuality> choices)
    {
        var lines = pair.Lines;
        var (strong, weak) = (table.Scores[pair.Strong], table.Scores[pair.Weak]);
        var gains = lines.Select(line => strong[line] - weak[line]).ToArray();
        var prompts = TextFeatures.OfAll(table.Prompts);
        var answers = ScorerFit.AnswersOf(table, pair);

        var folds = Folds.Of(table.Prompts, lines, options.Folds, options.Seed);
        var after = new double[lines.Length];
        var before = new double[lines.Length];
        var shares = new double[lines.Length];
        for (var fold = 0; fold < options.Folds; fold++)
        {
            var training = Enumerable.Range(0, lines.Length).Where(i => folds[i] != fold).Select(i => lines[i]).ToArray();
            var scorer = new AnswerScorer(ScorerFit.Of(table, prompts, answers, training, pair, options.Seed));
            Parallel.ForEach(Enumerable.Range(0, lines.Length).Where(i => folds[i] == fold), i =>
            {
                var score = scorer.Score(table.Prompts[lines[i]], table.Tasks[lines[i]], table.Answers[pair.Weak][lines[i]]!);
                (before[i], after[i], shares[i]) = (score.PromptGain, score.Gain, score.IsKnown ? score.EscalatedShare : 0);
            });
        }

        var cascade = RankedPolicy.Of(CascadePolicy, after, gains, options.Seed);
        var router = RankedPolicy.Of(PolicyNames.Router, before, gains, options.Seed);
        var held = AskedShares.Select(asked => Escalate(table, pair, shares, asked)).ToList();
        choices.AddRange(held.Where(h => h.CostUsd is not null).Select(h => new CostQuality(
            string.Create(CultureInfo.InvariantCulture, $"{table.Models[pair.Weak]} then {table.Models[pair.Strong]}, {h.Asked * 100:0} %"), ChoiceKind.Cascade, h.CostUsd!.Value, h.Score)));
        var ratio = table.MeanCostUsd(pair.Weak, lines) / table.MeanCostUsd(pair.Strong, lines);
        return new MeasuredCascade
        {
            Lines = lines.Length,
            Strong = RouterEvaluation.Endpoint(table, pair.Strong, lines),
            Weak = RouterEvaluation.Endpoint(table, pair.Weak, lines),
            Oracle = lines.Average(line => Math.Max(strong[line], weak[line])),
            Policies =
            [
                cascade,
                router,
                RankedPolicy.Of(LongerAnswerPolicy, [.. lines.Select(line => (double)table.Answers[pair.Weak][line]!.Length)], gains, options.Seed),
                RankedPolicy.Of(PolicyNames.Length, [.. lines.Select(line => (double)Encoding.UTF8.GetByteCount(table.Prompts[line]))], gains, options.Seed),
                RankedPolicy.Of(PolicyNames.Random, RouterEvaluation.RandomRanking(lines.Length, options.Seed), gains, options.Seed),
                RankedPolicy.Of(PolicyNames.Oracle, gains, gains, options.Seed),
            ],
            Escalations = held,
            BreakEvens = [new(0.5, cascade.Cpt50.Value, router.Cpt50.Value), new(0.8, cascade.Cpt80.Value, router.Cpt80.Value)],
            PriceRatio = double.IsFinite(ratio) ? ratio : null,
        };
    }

    private static EscalationHeld Escalate(OutcomeTable table, ModelPair pair, double[] shares, double asked)
    {
        double escalated = 0, score = 0, cost = 0;
        for (var i = 0; i < pair.Lines.Length; i++)
        {
            var line = pair.Lines[i];
            var goesOn = shares[i] <= asked;
            escalated += goesOn ? 1 : 0;
            score += table.Scores[goesOn ? pair.Strong : pair.Weak][line];
            cost += table.CostsUsd[pair.Weak][line] + (goesOn ? table.CostsUsd[pair.Strong][line] : 0);
        }
        var n = pair.Lines.Length;
        return new(asked, escalated / n, score / n, double.IsNaN(cost) ? null : cost / n);
    }
}
