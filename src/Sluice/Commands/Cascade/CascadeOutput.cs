using System.Text;
using System.Text.Json;
using Sluice.Commands.Router;
using Sluice.Lab.Routers.Cascades;
using Sluice.Lab.Routers.Metrics;
using Sluice.Output;

namespace Sluice.Commands.Cascade;

/// <summary>Cascades' measures for people, as a table of policies in CSV, or as one JSON object.</summary>
internal static class CascadeOutput
{
    public static void Write(TextWriter output, CascadeReport report, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Json:
                output.WriteLine(Encoding.UTF8.GetString(ReportJson.Bytes(json => WriteJson(json, report))));
                break;
            case OutputFormat.Csv:
                EvaluationTables.Policies([.. report.Cascades.SelectMany(c => c.Policies.Select(p => p with { Name = report.Cascades.Count == 1 ? p.Name : $"{c.Weak.Model}: {p.Name}" }))]).Write(output, format);
                break;
            default:
                WriteText(output, report);
                break;
        }
    }

    private static void WriteText(TextWriter output, CascadeReport report)
    {
        foreach (var cascade in report.Cascades)
        {
            output.WriteLine(FormattableString.Invariant($"{cascade.Weak.Model} ({cascade.Weak.Score:0.0000}), then {cascade.Strong.Model} ({cascade.Strong.Score:0.0000}); the better of the two {cascade.Oracle:0.0000}; {cascade.Lines:#,0} prompts, {report.Folds} folds, seed {report.Seed}"));
            EvaluationTables.PoliciesForPeople(cascade.Policies).Write(output, OutputFormat.Table);
            var held = new Listing("asked_escalated_%", "delivered_%", "score", "cost_usd");
            foreach (var share in cascade.Escalations)
                held.Add(Math.Round(share.Asked * 100, 1), Math.Round(share.Delivered * 100, 1), Math.Round(share.Score, 4), share.CostUsd is { } cost ? (decimal)cost : null);
            held.Write(output, OutputFormat.Table);
            foreach (var point in cascade.BreakEvens)
                output.WriteLine(Words(point, cascade));
        }
        if (report.Frontier is not { } frontier)
        {
            output.WriteLine("No frontier: it needs `cost_usd` of every model.");
            return;
        }
        EvaluationTables.Choices(frontier).Write(output, OutputFormat.Table);
        output.WriteLine(frontier.Verdict());
        if (EvaluationTables.AgainstSingleModels(frontier, ChoiceKind.Cascade) is { } warning)
            output.WriteLine(warning);
    }

    private static string Words(BreakEven point, MeasuredCascade cascade)
    {
        var text = new StringBuilder();
        text.Append(FormattableString.Invariant($"For {point.Gap * 100:0} % of the gap the cascade escalates {point.EscalationRate * 100:0.0} % and the router sends {point.RouterShare * 100:0.0} % to the strong model. Break-even price ratio of {cascade.Weak.Model} to {cascade.Strong.Model}: "));
        text.Append(FormattableString.Invariant($"below {point.AgainstStrong:0.000} the cascade costs less than the strong model alone, "));
        text.Append(point.AgainstRouter > 0 ? FormattableString.Invariant($"below {point.AgainstRouter:0.000} less than the router.") : "and at no ratio less than the router.");
        if (cascade.PriceRatio is { } ratio)
        {
            text.Append(FormattableString.Invariant($" Here it is {ratio:0.0000}: cascade {point.CascadeCost(ratio):0.000}, router {point.RouterCost(ratio):0.000} of the strong model's cost."));
            if (point.CascadeCost(ratio) >= 1)
                text.Append(" This cascade costs more than its best single model.");
        }
        return text.ToString();
    }

    public static void WriteJson(Utf8JsonWriter json, CascadeReport report)
    {
        json.WriteNumber("folds", report.Folds);
        json.WriteNumber("seed", report.Seed);
        json.WriteString("data_sha256", report.DataDigest);
        ReportJson.List(json, "cascades", report.Cascades, cascade =>
        {
            json.WriteNumber("lines", cascade.Lines);
            ReportJson.Endpoint(json, "strong", cascade.Strong);
            ReportJson.Endpoint(json, "weak", cascade.Weak);
            ReportJson.Number(json, "oracle_score", cascade.Oracle);
            ReportJson.Policies(json, cascade.Policies);
            ReportJson.List(json, "escalations", cascade.Escalations, share =>
            {
                ReportJson.Number(json, "asked", share.Asked);
                ReportJson.Number(json, "delivered", share.Delivered);
                ReportJson.Number(json, "score", share.Score);
                ReportJson.Number(json, "cost_usd", share.CostUsd, decimals: 12);
            });
            ReportJson.Number(json, "price_ratio", cascade.PriceRatio);
            ReportJson.List(json, "break_even", cascade.BreakEvens, point =>
            {
                ReportJson.Number(json, "gap", point.Gap);
                ReportJson.Number(json, "escalation_rate", point.EscalationRate);
                ReportJson.Number(json, "router_share", point.RouterShare);
                ReportJson.Number(json, "price_ratio_against_strong", point.AgainstStrong);
                ReportJson.Number(json, "price_ratio_against_router", point.AgainstRouter);
                ReportJson.Number(json, "cascade_cost_fraction", cascade.PriceRatio is { } ratio ? point.CascadeCost(ratio) : null);
                ReportJson.Number(json, "router_cost_fraction", cascade.PriceRatio is { } price ? point.RouterCost(price) : null);
            });
        });
        ReportJson.Choices(json, report.Frontier);
    }
}
