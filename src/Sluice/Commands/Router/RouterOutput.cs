using System.Text;
using System.Text.Json;
using Sluice.Lab.Routers;
using Sluice.Lab.Routers.Metrics;
using Sluice.Output;

namespace Sluice.Commands.Router;

/// <summary>A router's measures for people, as the table of policies in CSV, or as one JSON object.</summary>
internal static class RouterOutput
{
    public static void Write(TextWriter output, RouterReport report, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Json:
                output.WriteLine(Encoding.UTF8.GetString(ReportJson.Bytes(json => ReportJson.Write(json, report))));
                break;
            case OutputFormat.Csv:
                EvaluationTables.Policies(report.Policies).Write(output, format);
                break;
            default:
                WriteText(output, report);
                break;
        }
    }

    private static void WriteText(TextWriter output, RouterReport report)
    {
        output.WriteLine(FormattableString.Invariant($"{report.Lines:#,0} prompts ({report.SkippedLines:#,0} left out, without an outcome of both), {report.Folds} folds, seed {report.Seed}"));
        output.WriteLine(FormattableString.Invariant($"strong  {report.Strong.Model}: {report.Strong.Score:0.0000}"));
        output.WriteLine(FormattableString.Invariant($"weak    {report.Weak.Model}: {report.Weak.Score:0.0000}; as good as the strong one on {(1 - report.StrongBetter) * 100:0.00} %"));
        output.WriteLine(FormattableString.Invariant($"oracle  the better of the two: {report.Oracle:0.0000}"));
        if (report.CalibrationError is null)
            output.WriteLine(FormattableString.Invariant($"No router was trained: that needs {2 * RouterEvaluation.MinLines} prompts, and several thousand to be good."));
        EvaluationTables.PoliciesForPeople(report.Policies).Write(output, OutputFormat.Table);
        if (report.CalibrationError is { } error)
        {
            var held = new Listing("asked_strong_%", "delivered_%", "score");
            foreach (var share in report.Shares)
                held.Add(Rounded(share.Asked * 100, 1), Rounded(share.Delivered * 100, 1), Rounded(share.Score, 4));
            held.Write(output, OutputFormat.Table);
            var floors = new Listing("of_the_gap_%", "floor", "strong_%", "score");
            foreach (var floor in report.Floors)
                floors.Add(Rounded(floor.Gap * 100, 1), Rounded(floor.Floor, 4), Rounded(floor.Share * 100, 1), Rounded(floor.Score, 4));
            floors.Write(output, OutputFormat.Table);
            output.WriteLine(FormattableString.Invariant($"expected and measured gain differ by {error:0.0000} on average; {report.UnknownShare * 100:0.0} % of the prompts were too unlike the training to be scored and went to {report.Strong.Model}"));
        }
        if (report.Tasks.Count > 0)
        {
            EvaluationTables.Tasks(report.Tasks).Write(output, OutputFormat.Table);
            output.WriteLine($"routed_%: of the task's prompts, what goes to {report.Strong.Model} when half of all prompts do");
        }
        if (report.Frontier is { } frontier)
        {
            EvaluationTables.Choices(frontier).Write(output, OutputFormat.Table);
            output.WriteLine(frontier.Verdict());
            if (EvaluationTables.AgainstSingleModels(frontier, ChoiceKind.Router) is { } warning)
                output.WriteLine(warning);
        }
        else
        {
            output.WriteLine("No frontier: it needs `cost_usd` of every model, and lines that all models answered.");
        }
    }

    private static double Rounded(double value, int decimals) => Math.Round(value, decimals);
}
