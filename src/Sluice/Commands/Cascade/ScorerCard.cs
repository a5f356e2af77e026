using System.Globalization;
using System.Text;
using Sluice.Commands.Router;
using Sluice.Gateway.Levers.Cascading.Scoring;
using Sluice.Lab.Routers.Cascades;

namespace Sluice.Commands.Cascade;

/// <summary>What a scorer was trained on and what its cascade is worth, for programs and for people. It has no date, so that it is the same for the same data.</summary>
/// <param name="weights">What was trained.</param>
/// <param name="report">Of the same two models, on held-back folds.</param>
internal sealed class ScorerCard(ScorerWeights weights, CascadeReport report)
{
    private readonly MeasuredCascade _cascade = report.Cascades[0];

    public byte[] Json() => ReportJson.Bytes(json =>
    {
        json.WriteNumber("format", ScorerFile.Version);
        json.WriteString("features", AnswerSpec.Text);
        json.WriteString("features_sha256", AnswerSpec.Fingerprint);
        json.WriteNumber("words", weights.Words.Length);
        json.WriteNumber("pieces", weights.Pieces.Length);
        json.WriteString("weak", _cascade.Weak.Model);
        json.WriteString("strong", _cascade.Strong.Model);
        json.WriteStartObject("evaluation");
        CascadeOutput.WriteJson(json, report);
        json.WriteEndObject();
    });

    /// <summary>One line: what the cascade is worth beside a router, which reads no answer.</summary>
    public string Summary()
    {
        var (cascade, router) = (_cascade.Policies[0], _cascade.Policies[1]);
        var verdict = cascade.Apgr.Low > 0.5 ? "" : " That is not distinguishable from chance.";
        return FormattableString.Invariant($"Trained on {_cascade.Lines:#,0} answers of {_cascade.Weak.Model}. APGR {CardText.Words(cascade.Apgr, 1, "0.000")} on unseen folds (a router, which reads no answer: {router.Apgr.Value:0.000}; chance 0.5).{verdict}");
    }

    public string Markdown()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Answer scorer: {_cascade.Weak.Model}, then {_cascade.Strong.Model}\n\n{Summary()}\n\n");
        text.Append("| Data | |\n|---|---|\n");
        text.Append(CultureInfo.InvariantCulture, $"| Answers | {_cascade.Lines:#,0} |\n| SHA-256 of the outcomes | `{report.DataDigest}` |\n");
        text.Append(CultureInfo.InvariantCulture, $"| {_cascade.Strong.Model} | {_cascade.Strong.Score:0.0000} |\n| {_cascade.Weak.Model} | {_cascade.Weak.Score:0.0000} |\n");
        text.Append(CultureInfo.InvariantCulture, $"| The better of the two | {_cascade.Oracle:0.0000} |\n| Folds, seed | {report.Folds}, {report.Seed} |\n");
        text.Append(CultureInfo.InvariantCulture, $"| Features | {AnswerSpec.Text} |\n| SHA-256 of the features | `{AnswerSpec.Fingerprint}` |\n\n");
        CardText.Policies(text, _cascade.Policies);
        text.Append("\nBrackets are 95 % intervals by a bootstrap over prompts. The figures hold for answers like these and for these two models.\n");
        text.Append("\n| `scorer_share` | delivered | score | cost a call, USD |\n|---|---|---|---|\n");
        foreach (var share in _cascade.Escalations)
            text.Append(CultureInfo.InvariantCulture, $"| {share.Asked:0.0} | {share.Delivered * 100:0.0} % | {share.Score:0.0000} | {share.CostUsd?.ToString("0.######", CultureInfo.InvariantCulture) ?? "unknown"} |\n");
        return text.ToString();
    }
}
