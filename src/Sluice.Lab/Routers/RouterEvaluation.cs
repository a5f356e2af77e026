using System.Text;
using Sluice.Gateway.Levers.Routing.Classifying;
using Sluice.Lab.Routers.Learning;
using Sluice.Lab.Routers.Metrics;
using Sluice.Lab.Routers.Outcomes;

namespace Sluice.Lab.Routers;

/// <summary>
/// Measures a router on prompts that it was not trained on, beside the cheap rules. Every choice (features, penalties,
/// calibration, thresholds) is made within the training folds.
/// </summary>
public static class RouterEvaluation
{
    /// <summary>Fewer lines in a training fold teach nothing that an interval could tell from chance.</summary>
    public const int MinLines = 100;

    private static readonly double[] AskedShares = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
    private static readonly double[] AskedGaps = [0.25, 0.5, 0.75, 0.9];

    /// <exception cref="OutcomeException">The outcomes do not allow it.</exception>
    public static RouterReport Run(OutcomeTable table, EvaluationOptions options)
    {
        var pair = ModelPair.Choose(table, options.Strong, options.Weak);
        var lines = pair.Lines;
        var models = RouterTraining.Heads(table, pair);
        var gains = lines.Select(line => table.Scores[pair.Strong][line] - table.Scores[pair.Weak][line]).ToArray();
        var held = lines.Length >= 2 * MinLines ? Hold(table, pair, models, options) : null;
        var policies = held is null ? [] : held.Rankings.Select(r => RankedPolicy.Of(r.Name, r.Ranking, gains, options.Seed)).ToList();
        if (lines.Length > 1)
        {
            policies.Add(RankedPolicy.Of(PolicyNames.Length, [.. lines.Select(line => (double)Encoding.UTF8.GetByteCount(table.Prompts[line]))], gains, options.Seed));
            policies.Add(RankedPolicy.Of(PolicyNames.Random, RandomRanking(gains.Length, options.Seed), gains, options.Seed));
            policies.Add(RankedPolicy.Of(PolicyNames.Oracle, gains, gains, options.Seed));
        }
        return new RouterReport
        {
            Lines = lines.Length,
            SkippedLines = table.Count - lines.Length,
            Folds = options.Folds,
            Seed = options.Seed,
            DataDigest = table.Digest,
            Strong = Endpoint(table, pair.Strong, lines),
            Weak = Endpoint(table, pair.Weak, lines),
            Oracle = lines.Average(line => Math.Max(table.Scores[pair.Strong][line], table.Scores[pair.Weak][line])),
            StrongBetter = gains.Average(gain => gain > 0 ? 1.0 : 0),
            Policies = policies,
            Shares = held?.Shares ?? [],
            Floors = held?.Floors ?? [],
            CalibrationError = held?.CalibrationError,
            UnknownShare = held?.UnknownShare,
            Tasks = Tasks(table, pair, held),
            Frontier = FrontierOf(table, models, held, lines),
        };
    }

    private static HeldOut Hold(OutcomeTable table, ModelPair pair, int[] models, EvaluationOptions options)
    {
        var lines = pair.Lines;
        var texts = TextFeatures.OfAll(table.Prompts);
        var folds = Folds.Of(table.Prompts, lines, options.Folds, options.Seed);
        var hasTasks = lines.Any(line => table.Tasks[line] is not null);
        var held = new HeldOut(lines.Length, models.Length, hasTasks);
        for (var fold = 0; fold < options.Folds; fold++)
        {
            var training = Enumerable.Range(0, lines.Length).Where(i => folds[i] != fold).Select(i => lines[i]).ToArray();
            if (options.Labels is { } labels && labels < training.Length)
            {
                new Random(unchecked((options.Seed * 31) + fold)).Shuffle(training);
                training = [.. training.Take(labels).Order()];
            }
            var model = new RouterModel(RouterFit.Of(table, texts, training, models, pair, options.Seed).Weights);
            var strongTasks = new TaskTable(table.Tasks, table.Scores[pair.Strong], training);
            var weakTasks = new TaskTable(table.Tasks, table.Scores[pair.Weak], training);
            var unseen = Enumerable.Range(0, lines.Length).Where(i => folds[i] == fold).ToArray();
            Parallel.ForEach(unseen, i =>
            {
                var prompt = Encoding.UTF8.GetBytes(table.Prompts[lines[i]]);
                held.Text[i] = model.Score(prompt, task: null);
                held.Full[i] = hasTasks ? model.Score(prompt, table.Tasks[lines[i]]) : held.Text[i];
                held.TaskGain[i] = strongTasks.Mean(table.Tasks[lines[i]]) - weakTasks.Mean(table.Tasks[lines[i]]);
                model.Score(prompt, table.Tasks[lines[i]], held.Qualities[i]);
            });
            foreach (var gap in AskedGaps)
            {
                var (strong, weak) = (table.MeanScore(pair.Strong, training), table.MeanScore(pair.Weak, training));
                var floor = weak + (gap * (strong - weak));
                held.AddFloor(gap, floor, model.ShareForQuality(floor, hasTasks), unseen, i => table.Scores[pair.Strong][lines[i]], i => table.Scores[pair.Weak][lines[i]]);
            }
        }
        held.Finish(AskedShares, [.. lines.Select(line => table.Scores[pair.Strong][line] - table.Scores[pair.Weak][line])], table.MeanScore(pair.Weak, lines));
        return held;
    }

    internal static ModelEndpoint Endpoint(OutcomeTable table, int model, int[] lines) =>
        new(table.Models[model], table.MeanScore(model, lines), table.MeanCostUsd(model, lines) is var cost && double.IsNaN(cost) ? null : cost);

    internal static double[] RandomRanking(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble())];
    }

    private static IReadOnlyList<TaskRow> Tasks(OutcomeTable table, ModelPair pair, HeldOut? held) =>
        [.. pair.Lines.Index().Where(l => table.Tasks[l.Item] is not null)
            .GroupBy(l => table.Tasks[l.Item]!, StringComparer.Ordinal)
            .Select(task => new TaskRow(
                task.Key,
                task.Count(),
                task.Average(l => table.Scores[pair.Strong][l.Item]),
                task.Average(l => table.Scores[pair.Weak][l.Item]),
                held is null ? null : task.Average(l => held.Full[l.Index].PrefersStrong(0.5) ? 1.0 : 0)))
            .OrderByDescending(t => t.StrongScore - t.WeakScore).ThenBy(t => t.Task, StringComparer.Ordinal)];

    /// <summary>Single models and what the router makes of them, on the lines that every model answered; null without costs.</summary>
    private static Frontier? FrontierOf(OutcomeTable table, int[] models, HeldOut? held, int[] lines)
    {
        var complete = table.LinesWith(models);
        if (complete.Length == 0 || models.Any(m => double.IsNaN(table.MeanCostUsd(m, complete))))
            return null;
        var choices = models.Select(m => new CostQuality(table.Models[m], ChoiceKind.SingleModel, table.MeanCostUsd(m, complete), table.MeanScore(m, complete))).ToList();
        if (held is not null)
            choices.AddRange(RoutedChoices.Of(table, models, complete, held, lines));
        return Frontier.Of(choices);
    }
}
