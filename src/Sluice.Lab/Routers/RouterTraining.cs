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
            throw new OutcomeException($"{pair.Lines.Length} lines have outcomes of both {table.Models[pair.Strong]} and {table.Models[pair.Weak]}; a router needs {RouterEvaluation.MinLines}, and several thousand to be good.");
        return RouterFit.Of(table, TextFeatures.OfAll(table.Prompts), pair.Lines, Heads(table, pair), pair, options.Seed).Weights;
    }

    /// <summary>The models that get a head: the pair, and others with an outcome on most of the lines.</summary>
    internal static int[] Heads(OutcomeTable table, ModelPair pair) =>
        [.. Enumerable.Range(0, table.Models.Length)
            .Where(m => m == pair.Strong || m == pair.Weak || table.LinesWith(m).Length >= table.Count / 2)
            .OrderBy(m => m != pair.Strong && m != pair.Weak)
            .Take(RouterModel.MaxModels)
            .Order()];
}
