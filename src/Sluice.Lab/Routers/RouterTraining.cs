using Sluice.Gateway.Levers.Routing.Classifying;
using Sluice.Lab.Routers.Learning;
using Sluice.Lab.Routers.Outcomes;

namespace Sluice.Lab.Routers;

/// <summary>Trains a router on all lines of a table.</summary>
public static class RouterTraining
{
    /// <exception cref="OutcomeException">There are too few lines, or the models can't be told.</exception>
    public static RouterWeights Train(OutcomeTable table, EvaluationOptions options)
    {
        var pair = ModelPair.Choose(table, options.Strong, options.Weak);
        if (pair.Lines.Length < RouterEvaluation.MinLines)
            throw new OutcomeException($"{Missing(table, pair)} A router needs {RouterEvaluation.MinLines} lines with both, and several thousand to be good.");
        return RouterFit.Of(table, TextFeatures.OfAll(table.Prompts), pair.Lines, Heads(table, pair), pair, options.Seed).Weights;
    }

    /// <summary>The models that get a head: the pair, and others with an outcome on most of the lines.</summary>
    internal static int[] Heads(OutcomeTable table, ModelPair pair) =>
        [.. Enumerable.Range(0, table.Models.Length)
            .Where(m => m == pair.Strong || m == pair.Weak || table.LinesWith(m).Length >= table.Count / 2)
            .OrderBy(m => m != pair.Strong && m != pair.Weak)
            .Take(RouterModel.MaxModels)
            .Order()];

    /// <summary>What the file has, model by model, so that it is plain what is missing.</summary>
    private static string Missing(OutcomeTable table, ModelPair pair)
    {
        var (strong, weak) = (table.Models[pair.Strong], table.Models[pair.Weak]);
        var (ofStrong, ofWeak) = (table.LinesWith(pair.Strong).Length, table.LinesWith(pair.Weak).Length);
        return $"Of {table.Count} lines {ofStrong} have an outcome of {strong}, {ofWeak} of {weak}, and {pair.Lines.Length} of both: "
            + $"{Math.Max(0, RouterEvaluation.MinLines - pair.Lines.Length)} more are missing. The same prompt has to be answered by both, as by the quality watch or a benchmark run.";
    }
}
