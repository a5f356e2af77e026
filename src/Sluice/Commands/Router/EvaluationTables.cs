using System.Globalization;
using Sluice.Lab.Routers;
using Sluice.Lab.Routers.Metrics;
using Sluice.Output;

namespace Sluice.Commands.Router;

/// <summary>The tables that evaluations of routers and of cascades share.</summary>
internal static class EvaluationTables
{
    /// <summary>With each bound in a column of its own, for programs.</summary>
    public static Listing Policies(IReadOnlyList<RankedPolicy> policies)
    {
        var table = new Listing("policy", "apgr", "apgr_low", "apgr_high", "cpt50", "cpt50_low", "cpt50_high", "cpt80", "cpt80_low", "cpt80_high");
        foreach (var policy in policies)
            table.Add([policy.Name, .. Columns(policy.Apgr), .. Columns(policy.Cpt50), .. Columns(policy.Cpt80)]);
        return table;
    }

    /// <summary>With 95 % intervals in brackets, as wide as a terminal.</summary>
    public static Listing PoliciesForPeople(IReadOnlyList<RankedPolicy> policies)
    {
        var table = new Listing("policy", "APGR", "CPT50 in %", "CPT80 in %");
        foreach (var policy in policies)
            table.Add(policy.Name, Words(policy.Apgr, 1, "0.000"), Words(policy.Cpt50, 100, "0.0"), Words(policy.Cpt80, 100, "0.0"));
        return table;
    }

    public static Listing Tasks(IReadOnlyList<TaskRow> tasks)
    {
        var table = new Listing("task", "prompts", "strong", "weak", "routed_%");
        foreach (var task in tasks)
            table.Add(task.Task, task.Lines, Math.Round(task.StrongScore, 3), Math.Round(task.WeakScore, 3), task.StrongShare is { } share ? Math.Round(share * 100, 1) : null);
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

    private static object?[] Columns(Interval interval) => [Number(interval.Value), Number(interval.Low), Number(interval.High)];

    private static double? Number(double value) => double.IsFinite(value) ? Math.Round(value, 6) : null;

    private static string Words(Interval interval, double factor, string form) =>
        !double.IsFinite(interval.Value) ? "-"
        : $"{(interval.Value * factor).ToString(form, CultureInfo.InvariantCulture)} ({(interval.Low * factor).ToString(form, CultureInfo.InvariantCulture)}-{(interval.High * factor).ToString(form, CultureInfo.InvariantCulture)})";
}
