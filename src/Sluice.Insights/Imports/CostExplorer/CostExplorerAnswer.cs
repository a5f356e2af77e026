using System.Text.Json;
using Sluice.Insights.Imports.Cur;
using Sluice.Insights.Imports.Json;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.CostExplorer;

/// <summary>
/// What GetCostAndUsage answers, grouped by service and usage type for choice. A filter on the service "Amazon Bedrock" would miss the models
/// that are billed through the Marketplace, each a service by itself; they are known by their names.
/// </summary>
internal sealed class CostExplorerAnswer : IJsonSource
{
    /// <summary>The first that is there: with commitments spread, then with discounts, then as invoiced.</summary>
    private static readonly string[] EffectiveMetrics = ["NetAmortizedCost", "AmortizedCost", "NetUnblendedCost", "UnblendedCost"];

    private readonly List<(string Type, string Key)> _groups = [];
    private readonly HashSet<string> _warnings = new(StringComparer.Ordinal);
    private bool _isPageRead;

    public BillSource Source => BillSource.CostExplorer;

    public IReadOnlyList<string> Warnings => [.. _warnings];

    public void Read(JsonElement record, string list, JsonRows rows)
    {
        if (list == "GroupDefinitions")
        {
            // Each page of an answer has its own.
            if (_isPageRead)
                _groups.Clear();
            _isPageRead = false;
            _groups.Add((record.Text("Type"), record.Text("Key")));
            return;
        }
        if (list != "ResultsByTime")
            return;
        _isPageRead = true;
        var period = record.Field("TimePeriod");
        if (!period.TryTime("Start", out var from) || !period.TryTime("End", out var to))
        {
            rows.SetAside("TimePeriod: " + period.NoTime("day such as 2026-11-20", "Start", "End"));
            return;
        }
        if (record.Field("Estimated").ValueKind == JsonValueKind.True)
            _warnings.Add("Some days are estimated still; import them again when AWS has closed them");
        var any = false;
        foreach (var group in record.Items("Groups"))
        {
            any = true;
            Row([.. group.Items("Keys").Select(k => k.Text())], group.Field("Metrics"), from, to, rows);
        }
        // A total beside groups says the same once more.
        if (!any && record.Field("Total") is { ValueKind: JsonValueKind.Object } total && total.EnumerateObject().Any())
            Row([], total, from, to, rows);
    }

    private void Row(string[] keys, JsonElement metrics, DateTimeOffset from, DateTimeOffset to, JsonRows rows)
    {
        var billed = metrics.Field("UnblendedCost");
        var effective = EffectiveMetrics.Select(m => metrics.Field(m)).FirstOrDefault(m => m.ValueKind == JsonValueKind.Object);
        var quantity = metrics.Field("UsageQuantity");
        if (!billed.TryAmount("Amount", out var billedAmount) || !effective.TryAmount("Amount", out var effectiveAmount) || !quantity.TryAmount("Amount", out var count))
        {
            rows.SetAside($"an Amount of {string.Join(", ", keys)} is no number");
            return;
        }
        var unit = quantity.Text("Unit");
        var currency = (billed.Has("Unit") ? billed : effective).Text("Unit").ToUpperInvariant();
        var values = Dimensions(keys);
        rows.Add(Identity(rows.Identity, values, unit, currency), new CostAmounts(from, to, count, billedAmount, effectiveAmount, null, null), () => Describe(values, unit, currency));
    }

    /// <summary>The same for an answer of the API and for what is downloaded from the console.</summary>
    public static UInt128 Identity(RowIdentity identity, List<(string Dimension, string Value)> values, string unit, string currency)
    {
        identity.Add("source", "cost-explorer").Add("currency", currency).Add("unit", unit);
        foreach (var (dimension, value) in values)
            identity.Add(dimension, value);
        return identity.Take();
    }

    /// <summary>The group's keys by their dimensions: as the answer defines them or, where that was left out, by what they look like.</summary>
    private List<(string Dimension, string Value)> Dimensions(string[] keys) => [.. keys.Select((key, i) =>
        _groups.Count == keys.Length ? (_groups[i].Type is "TAG" or "COST_CATEGORY" ? _groups[i].Type : _groups[i].Key, key)
        : UsageType.Parse(key) is { Region.Length: > 0 } or { Kind: not null } ? ("USAGE_TYPE", key)
        : ("SERVICE", key))];

    public static CostFacet Describe(List<(string Dimension, string Value)> values, string unit, string currency)
    {
        string Of(string dimension) => values.Find(v => v.Dimension == dimension).Value ?? "";
        var service = Of("SERVICE");
        var facet = new CostFacet
        {
            Source = BillSource.CostExplorer,
            Provider = "AWS",
            Service = service,
            Account = Of("LINKED_ACCOUNT"),
            Region = Of("REGION"),
            UsageType = Of("USAGE_TYPE"),
            ChargeCategory = Of("RECORD_TYPE") is { Length: > 0 } type ? type : "Usage",
            // A tag's key and value stand in one text.
            Tags = JsonTags.Write(values.Where(v => v.Dimension is "TAG" or "COST_CATEGORY").Select(v => v.Value.Split('$', 2)).Where(p => p.Length == 2 && p[1].Length > 0)
                .Select(p => KeyValuePair.Create(p[0], p[1]))),
            Unit = unit is "" or "N/A" ? "units" : unit,
            Currency = currency,
            IsGenerativeAi = BilledModels.IsBedrock(service),
        };
        return facet.IsGenerativeAi && facet.UsageType.Length > 0 ? CurFormat.Understand(facet, service, unit) : facet;
    }
}
