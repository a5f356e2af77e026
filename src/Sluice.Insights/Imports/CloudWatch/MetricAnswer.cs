using System.Collections.Frozen;
using System.Text.Json;
using Sluice.Core;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Insights.Imports.Json;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.CloudWatch;

/// <summary>
/// What GetMetricData answers about Bedrock's token metrics, with the statistic Sum. The answer says neither the dimensions nor the period:
/// the label must name the model and the metric, and the period is the shortest step between two moments.
/// </summary>
internal sealed class MetricAnswer : IJsonSource
{
    /// <summary>AWS's page and public code spell those of the cache two ways; where an answer has both, they are the same tokens.</summary>
    private static readonly FrozenDictionary<string, UsageKind> Metrics = new Dictionary<string, UsageKind>(StringComparer.OrdinalIgnoreCase)
    {
        ["InputTokenCount"] = UsageKind.Input,
        ["OutputTokenCount"] = UsageKind.Output,
        ["CacheReadInputTokens"] = UsageKind.CacheRead,
        ["CacheReadInputTokenCount"] = UsageKind.CacheRead,
        ["CacheWriteInputTokens"] = UsageKind.CacheWrite5m,
        ["CacheWriteInputTokenCount"] = UsageKind.CacheWrite5m,
        ["OutputImageCount"] = UsageKind.OutputImage,
        // The mantle endpoint's; its traffic is in no metric of AWS/Bedrock.
        ["TotalInputTokens"] = UsageKind.Input,
        ["TotalOutputTokens"] = UsageKind.Output,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<(string Model, string Tier, UsageKind Kind), string> _spellings = [];
    private readonly HashSet<string> _warnings = new(StringComparer.Ordinal);

    public BillSource Source => BillSource.CloudWatch;

    public IReadOnlyList<string> Warnings => [.. _warnings];

    public void Read(JsonElement record, string list, JsonRows rows)
    {
        if (list != "MetricDataResults")
            return;
        var label = record.Text("Label");
        var words = label.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (label.Contains("Across all model IDs", StringComparison.OrdinalIgnoreCase))
        {
            _warnings.Add($"'{label}' sums up all models and is left out, since each has its own");
            return;
        }
        if (Array.Find(words, Metrics.ContainsKey) is not { } metric)
        {
            _warnings.Add($"'{label}' names no metric of tokens and is left out");
            return;
        }
        var kind = Metrics[metric];
        var tier = Array.Find(words, w => w is "flex" or "priority" or "reserved" or "default") ?? "";
        var model = words.Where(w => w != metric && w != tier).OrderByDescending(w => w.Length).FirstOrDefault() ?? "";
        if (record.Text("StatusCode") is "PartialData" or "InternalError")
            _warnings.Add($"'{label}' is not complete ({record.Text("StatusCode")}); ask CloudWatch for the following pages too");
        var (times, values) = (record.Items("Timestamps").ToList(), record.Items("Values").ToList());
        if (times.Count != values.Count)
        {
            rows.SetAside($"'{label}' has {Counted.Of(times.Count, "Timestamp")} and {Counted.Of(values.Count, "Value")}");
            return;
        }
        if (times.Count == 0)
            return;
        if (!_spellings.TryAdd((model, tier, kind), metric) && _spellings[(model, tier, kind)] != metric)
        {
            _warnings.Add($"'{label}' counts the same tokens as {_spellings[(model, tier, kind)]} and is left out");
            return;
        }
        var moments = new List<DateTimeOffset>(times.Count);
        foreach (var time in times)
        {
            if (!time.TryTime(out var moment))
            {
                rows.SetAside(FieldText.NoTime($"'{label}': Timestamp", time.Text(), "time such as 2026-11-20T10:00:00Z"));
                return;
            }
            moments.Add(moment);
        }
        var period = Period(moments);
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i].ValueKind != JsonValueKind.Number || !values[i].TryGetDecimal(out var tokens))
            {
                rows.SetAside($"'{label}' has a value that is no number");
                continue;
            }
            rows.Identity.Add("source", "cloudwatch").Add("kind", kind.Name()).Add("model", model).Add("tier", tier);
            rows.Add(rows.Identity.Take(), new CostAmounts(moments[i], moments[i] + period, tokens, null, null, null, null), () => Describe(label, model, tier, kind));
        }
    }

    private static TimeSpan Period(IEnumerable<DateTimeOffset> moments)
    {
        var sorted = moments.Order().ToList();
        var steps = sorted.Zip(sorted.Skip(1), (a, b) => b - a).Where(s => s > TimeSpan.Zero).ToList();
        return steps.Count > 0 ? steps.Min() : TimeSpan.Zero;
    }

    private static CostFacet Describe(string label, string model, string tier, UsageKind kind)
    {
        var facet = ModelNames.OfBedrock(
            new CostFacet
            {
                Source = BillSource.CloudWatch,
                Provider = "AWS",
                Service = "Amazon Bedrock",
                Kind = kind,
                Tier = tier.Length > 0 ? tier : ServiceTier.Default.Name(),
                UsageType = label,
                ChargeCategory = "Usage",
                Unit = kind.IsToken() ? "tokens" : "images",
                IsGenerativeAi = true,
            },
            model);
        return facet.Family.Length > 0 ? facet : facet with { Unknown = $"model {facet.Model}".TrimEnd() };
    }
}
