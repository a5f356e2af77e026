using System.Globalization;

namespace Sluice.Lab.Routers.Metrics;

/// <summary>Which choices are worth considering: those that no other beats at no higher cost.</summary>
public sealed class Frontier
{
    private Frontier(IReadOnlyList<CostQuality> points, IReadOnlyList<(CostQuality Point, CostQuality By)> dominated) => (Points, Dominated) = (points, dominated);

    /// <summary>From the cheapest to the best.</summary>
    public IReadOnlyList<CostQuality> Points { get; }

    /// <summary>What is beaten, and by which point of the frontier: the best among those that cost no more.</summary>
    public IReadOnlyList<(CostQuality Point, CostQuality By)> Dominated { get; }

    /// <summary>
    /// The point beyond which more money buys the least: the farthest above the line from the cheapest point to the best, with costs
    /// and scores in proportion to their ranges (Satopaa et al., "Finding a kneedle in a haystack", 2011, without smoothing).
    /// </summary>
    public CostQuality Knee
    {
        get
        {
            var (first, last) = (Points[0], Points[^1]);
            return Points.MaxBy(p => Part(p.Score, first.Score, last.Score) - Part(p.CostUsd, first.CostUsd, last.CostUsd))!;
        }
    }

    /// <exception cref="ArgumentException">There is no point, or one without a number.</exception>
    public static Frontier Of(IEnumerable<CostQuality> choices)
    {
        var points = new List<CostQuality>();
        var dominated = new List<(CostQuality, CostQuality)>();
        // Among equals the single model is kept: it is the simplest to run.
        foreach (var choice in choices.OrderBy(c => c.CostUsd).ThenByDescending(c => c.Score).ThenBy(c => c.Kind).ThenBy(c => c.Name, StringComparer.Ordinal))
        {
            if (!double.IsFinite(choice.CostUsd) || !double.IsFinite(choice.Score))
                throw new ArgumentException($"{choice.Name} has no cost or no score.", nameof(choices));
            if (points.Count > 0 && points[^1].Score >= choice.Score)
                dominated.Add((choice, points[^1]));
            else
                points.Add(choice);
        }
        return points.Count > 0 ? new(points, dominated) : throw new ArgumentException("There is nothing to choose from.", nameof(choices));
    }

    /// <summary>The frontier in one sentence: the knee, and what the best costs more for how much.</summary>
    public string Verdict()
    {
        var (knee, best) = (Knee, Points[^1]);
        var verdict = Invariant($"The knee is {knee.Name}, {Word(knee.Kind)}: {knee.Score * 100:0.0} points at {knee.CostUsd:0.########} USD a call.");
        return ReferenceEquals(knee, best)
            ? verdict + " Nothing is better."
            : verdict + Invariant($" The best, {best.Name} ({Word(best.Kind)}), costs {Times(best.CostUsd, knee.CostUsd)} as much for {(best.Score - knee.Score) * 100:0.0} points more.");
    }

    /// <summary>
    /// Compares the choices of one kind with the single models: what the dearest of them that is no worse than a model costs
    /// beside the cheapest single model within one point of it; null where there is none of that kind.
    /// </summary>
    public static string? AgainstSingleModels(IReadOnlyCollection<CostQuality> choices, ChoiceKind kind)
    {
        var best = choices.Where(c => c.Kind == kind).MaxBy(c => (c.Score, -c.CostUsd));
        var single = best is null ? null : choices.Where(c => c.Kind == ChoiceKind.SingleModel && c.Score >= best.Score - 0.01).MinBy(c => c.CostUsd);
        if (best is null || single is null || single.CostUsd >= best.CostUsd)
            return null;
        return Invariant($"{best.Name} ({Word(kind)}) costs {Times(best.CostUsd, single.CostUsd)} as much as {single.Name}, a single model, for {(best.Score - single.Score) * 100:0.0} points more: take the single model unless those points are worth it.");
    }

    private static double Part(double value, double from, double to) => to > from ? (value - from) / (to - from) : 0;

    private static string Times(double cost, double than) => than > 0 ? Invariant($"{cost / than:0.0} times") : "infinitely many times";

    private static string Word(ChoiceKind kind) => kind switch
    {
        ChoiceKind.SingleModel => "a single model",
        ChoiceKind.Router => "a router",
        _ => "a cascade",
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
