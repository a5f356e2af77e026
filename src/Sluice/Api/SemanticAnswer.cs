using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Gateway.Levers.SemanticRecall.Storing;

namespace Sluice.Api;

/// <summary>The body of <c>/api/semantic</c>: what semantic recall remembers, and how often it was wrong since the process began.</summary>
internal sealed record SemanticAnswer(IReadOnlyList<SemanticMemoryAnswer> Memories)
{
    public static SemanticAnswer Of(IEnumerable<SemanticReport> reports) => new([.. reports.Select(SemanticMemoryAnswer.Of)]);
}

/// <param name="Verifier">The judge's model, or <c>text</c>.</param>
/// <param name="Bytes">Of questions and answers together.</param>
internal sealed record SemanticMemoryAnswer(
    string Embedder, string? Model, bool Calibrated, double ErrorRate, string Bound, string Verifier, int Entries, long Bytes, long MaxBytes, IReadOnlyList<SemanticTenantAnswer> Tenants)
{
    public static SemanticMemoryAnswer Of(SemanticReport report) => new(
        report.Embedder.ToString(), report.Options.ModelFile, report.IsCalibrated, report.Options.ErrorRate, report.Options.Basis.ToString().ToLowerInvariant(), report.Options.Judge?.Raw ?? "text",
        report.Entries, report.Bytes, report.Options.MaxBytes, [.. report.Tenants.OrderBy(t => t.Tenant, StringComparer.Ordinal).Select(t => SemanticTenantAnswer.Of(t, report.IsCalibrated))]);
}

/// <param name="Hits">Answers given from memory; in shadow, those that would have been.</param>
/// <param name="Sampled">Matches that were good enough to serve and were asked upstream all the same.</param>
/// <param name="Wrong">How many of those were wrong.</param>
/// <param name="FalseHitRateLow">With <paramref name="FalseHitRateHigh"/> the 95 % interval of the share of wrong hits.</param>
/// <param name="Complaints">Answers given from memory that a caller has called wrong since.</param>
/// <param name="Threshold">From which score on is served; null while nothing is.</param>
internal sealed record SemanticTenantAnswer(
    string Tenant, long Calls, long Hits, int Sampled, int Wrong, double FalseHitRateLow, double FalseHitRateHigh, int Complaints, double? Threshold, string State)
{
    public static SemanticTenantAnswer Of(TenantMeasure of, bool isCalibrated) => new(
        of.Tenant, of.Calls, of.Served, of.Explored, of.Wrong, of.FalseHitRate.Low, of.FalseHitRate.High, of.Complaints, double.IsFinite(of.Threshold) ? of.Threshold : null,
        double.IsFinite(of.Threshold) ? "serving" : isCalibrated ? "its calls do not yet bear the calibration out" : "no calibration of its embedder, see 'sluice semantic train'");
}
