using Sluice.Lab.Routers;
using Sluice.Lab.Routers.Metrics;
using Sluice.Output;

namespace Sluice.Commands.Router;

/// <summary>The tables that evaluations of routers and of cascades share.</summary>
internal static class EvaluationTables
{
    public static Listing Policies(IReadOnlyList<RankedPolicy> policies)
    {
        var table = new Listing("policy", "apgr", "apgr_95", "cpt50_%", "cpt50_95", "cpt80_%", "cpt80_95");
        foreach (var policy in policies)
            table.Add(policy.Name, Value(policy.Apgr, 1, 3), Range(policy.Apgr, 1, 3), Value(policy.Cpt50, 100, 1), Range(policy.Cpt50, 100, 1), Value(policy.Cpt80, 100, 1), Range(policy.Cpt80, 100, 1));
        return table;
    }

    public static Listing Tasks(IReadOnlyList<TaskRow> tasks)
    {
        var table = new Listing("task", "prompts", "strong", "weak", "gain", "to_strong_%_at_50");
        foreach (var task in tasks)
            table.Add(task.Task, task.Lines, Math.Round(task.StrongScore, 3), Math.Round(task.WeakScore, 3), Math.Round(task.StrongScore - task.WeakScore, 3), task.StrongShare is { } share ? Math.Round(share * 100, 1) : null);
        return table;
    }

    /// <summary>The frontier from the cheapest to the best, then what is dominated and by what.</summary>
    public static Listing Choices(Frontier frontier)
    {
        var table = new Listing("choice", "kind", "cost_usd", "score", "note");
        var knee = frontier.Knee;
        foreach (var point in frontier.Points)
            table.Add(point.Name, ReportJson.Kind(point.Kind), (decimal)point.CostUsd, Math.Round(point.Score, 4), ReferenceEquals(point, knee) ? "knee" : "");
        foreach (var (point, by) in frontier.Dominated)
            table.Add(point.Name, ReportJson.Kind(point.Kind), (decimal)point.CostUsd, Math.Round(point.Score, 4), $"dominated by {by.Name}");
        return table;
    }

    public static string? AgainstSingleModels(Frontier frontier, ChoiceKind kind) =>
        Frontier.AgainstSingleModels([.. frontier.Points, .. frontier.Dominated.Select(d => d.Point)], kind);

    private static double? Value(Interval interval, double factor, int decimals) =>
        double.IsFinite(interval.Value) ? Math.Round(interval.Value * factor, decimals) : null;

    private static string? Range(Interval interval, double factor, int decimals) =>
        double.IsFinite(interval.Low) ? FormattableString.Invariant($"{Math.Round(interval.Low * factor, decimals)}-{Math.Round(interval.High * factor, decimals)}") : null;
}
