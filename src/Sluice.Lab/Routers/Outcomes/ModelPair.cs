namespace Sluice.Lab.Routers.Outcomes;

/// <summary>The two models that are chosen between, by their places, and the lines on which both have a score.</summary>
public sealed record ModelPair(int Strong, int Weak, int[] Lines)
{
    /// <summary>Fewer lines say nothing of a model.</summary>
    private const double MinShareOfLines = 0.5;

    /// <summary>
    /// The named models; without names the strong one is the best by its mean score and the weak one the cheapest of the others by
    /// its mean cost, or the worst where costs are not known. A model that is missing on more than half of the lines is not chosen by itself.
    /// </summary>
    /// <exception cref="OutcomeException">A name is not among the models, or there are no two of them.</exception>
    public static ModelPair Choose(OutcomeTable table, string? strong, string? weak)
    {
        var common = Enumerable.Range(0, table.Models.Length).Where(m => table.LinesWith(m).Length >= MinShareOfLines * table.Count).ToArray();
        var shared = table.LinesWith(common);
        if (shared.Length == 0)
            shared = [.. Enumerable.Range(0, table.Count)];
        var strongPlace = strong is not null ? Named(table, strong) : common.Where(m => table.Models[m] != weak).OrderByDescending(m => table.MeanScore(m, shared)).ThenBy(m => Cost(m)).FirstOrDefault(-1);
        var others = common.Where(m => m != strongPlace).ToArray();
        var hasCosts = Array.TrueForAll(others, m => !double.IsNaN(Cost(m)));
        var weakPlace = weak is not null ? Named(table, weak) : others.OrderBy(m => hasCosts ? Cost(m) : table.MeanScore(m, shared)).FirstOrDefault(-1);
        if (strongPlace < 0 || weakPlace < 0 || strongPlace == weakPlace)
            throw new OutcomeException(
                $"Two models with outcomes on at least half of the {table.Count} lines are needed to choose between. There are: {string.Join(", ", Enumerable.Range(0, table.Models.Length).Select(m => $"{table.Models[m]} on {table.LinesWith(m).Length}"))}; "
                + $"{Enumerable.Range(0, table.Count).Count(line => table.Scores.Count(scores => !double.IsNaN(scores[line])) > 1)} lines have two models or more. "
                + "Let both models answer the same prompts, or name two with --strong and --weak.");
        var lines = table.LinesWith(strongPlace, weakPlace);
        return lines.Length > 0
            ? new(strongPlace, weakPlace, lines)
            : throw new OutcomeException($"No line has outcomes of both {table.Models[strongPlace]} and {table.Models[weakPlace]}.");

        double Cost(int model) => table.MeanCostUsd(model, shared);
    }

    private static int Named(OutcomeTable table, string model) =>
        table.Place(model) is var place and >= 0 ? place : throw new OutcomeException($"No line has an outcome of {model}; there are: {string.Join(", ", table.Models)}.");
}

/// <summary>The outcomes can be read but do not allow what was asked; the message says why.</summary>
public sealed class OutcomeException(string message) : Exception(message);
