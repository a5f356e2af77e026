using System.Globalization;
using System.Text;
using Sluice.Gateway.Levers.Routing.Classifying;
using Sluice.Lab.Routers;
using Sluice.Lab.Routers.Metrics;

namespace Sluice.Commands.Router;

/// <summary>What a model was trained on and what it is worth, for programs and for people. It has no date, so that it is the same for the same data.</summary>
internal sealed class ModelCard(RouterWeights weights, RouterReport report)
{
    public byte[] Json() => ReportJson.Bytes(json =>
    {
        json.WriteNumber("format", RouterModelFile.Version);
        json.WriteString("features", FeatureSpec.Text);
        json.WriteString("features_sha256", FeatureSpec.Fingerprint);
        json.WriteNumber("words", weights.Words.Length);
        json.WriteNumber("pieces", weights.Pieces.Length);
        json.WriteStartArray("models");
        foreach (var model in weights.Models)
            json.WriteStringValue(model);
        json.WriteEndArray();
        json.WriteStartObject("evaluation");
        ReportJson.Write(json, report);
        json.WriteEndObject();
    });

    /// <summary>One line: what the router is worth beside the best of the cheap rules.</summary>
    public string Summary()
    {
        var router = Best();
        if (router is null)
            return FormattableString.Invariant($"Trained on {report.Lines:#,0} prompts, too few to measure what the router is worth: {2 * RouterEvaluation.MinLines} are needed.");
        var rule = report.Policies.Where(p => p.Name is PolicyNames.Length or PolicyNames.TaskTable).MaxBy(p => p.Apgr.Value)!;
        var verdict = router.Apgr.Low > 0.5 ? "" : " That is not distinguishable from chance.";
        return FormattableString.Invariant($"Trained on {report.Lines:#,0} prompts. APGR {CardText.Words(router.Apgr, 1, "0.000")} on unseen folds (best rule, {rule.Name}: {rule.Apgr.Value:0.000}; chance 0.5).{verdict}");
    }

    public string Markdown()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Router: {report.Weak.Model} or {report.Strong.Model}\n\n{Summary()}\n\n");
        text.Append("| Data | |\n|---|---|\n");
        text.Append(CultureInfo.InvariantCulture, $"| Prompts | {report.Lines:#,0}, and {report.SkippedLines:#,0} without an outcome of both models |\n");
        text.Append(CultureInfo.InvariantCulture, $"| SHA-256 of the outcomes | `{report.DataDigest}` |\n");
        text.Append(CultureInfo.InvariantCulture, $"| {report.Strong.Model} | {report.Strong.Score:0.0000} |\n| {report.Weak.Model} | {report.Weak.Score:0.0000}; as good as the other on {(1 - report.StrongBetter) * 100:0.00} % |\n");
        text.Append(CultureInfo.InvariantCulture, $"| The better of the two | {report.Oracle:0.0000} |\n| Folds, seed | {report.Folds}, {report.Seed} |\n");
        text.Append(CultureInfo.InvariantCulture, $"| Features | {FeatureSpec.Text} |\n| SHA-256 of the features | `{FeatureSpec.Fingerprint}` |\n\n");
        CardText.Policies(text, report.Policies);
        text.Append("\nBrackets are 95 % intervals by a bootstrap over prompts. The figures hold for prompts like these and for these two models.\n");
        if (report.CalibrationError is { } error)
            text.Append(CultureInfo.InvariantCulture, $"Expected and measured gain differ by {error:0.0000} on average.\n");
        if (report.Shares.Count > 0)
        {
            text.Append("\n| Strong calls asked for | delivered | score |\n|---|---|---|\n");
            foreach (var share in report.Shares)
                text.Append(CultureInfo.InvariantCulture, $"| {share.Asked * 100:0} % | {share.Delivered * 100:0.0} % | {share.Score:0.0000} |\n");
        }
        return text.ToString();
    }

    private RankedPolicy? Best() => report.Policy(PolicyNames.RouterWithTask) ?? report.Policy(PolicyNames.Router);
}
