using System.Text;
using Sluice.Insights.Imports.Json;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Databricks;

/// <summary>
/// A row of <c>system.billing.usage</c>, from CSV or JSON by the same names. It has units and no money, which list prices give. Retractions
/// and restatements are records of their own: all are summed, each once.
/// </summary>
internal sealed class DatabricksUsage(ListPrices? prices)
{
    private static readonly string[] IdentityFields =
        ["account_id", "workspace_id", "sku_name", "cloud", "usage_unit", "custom_tags", "usage_metadata", "identity_metadata", "billing_origin_product", "product_features", "usage_type", "usage_date"];

    /// <summary>What of Databricks' products is generative AI.</summary>
    private static readonly string[] Generative = ["MODEL_SERVING", "AI_FUNCTIONS", "AI_GATEWAY", "AGENT_BRICKS", "AGENT_EVALUATION", "FOUNDATION_MODEL_TRAINING"];

    private readonly SortedSet<string> _unpriced = new(StringComparer.Ordinal);

    public static IReadOnlyList<string> Mandatory { get; } = ["record_id", "sku_name", "usage_start_time", "usage_end_time", "usage_quantity"];

    public IReadOnlyList<string> Warnings =>
        prices is null ? ["Databricks' usage has no money; name its list prices with --list-prices FILE"]
        : [.. _unpriced.Select(sku => $"The list prices have none for {sku} at the time of some of its usage, which is kept without a cost")];

    public static RecordKey Key(Func<string, string> field) => new(RowIdentity.Of(Encoding.UTF8.GetBytes(field("record_id"))), MayRepeat: false);

    public static UInt128 Identity(RowIdentity identity, Func<string, string> field)
    {
        identity.Add("source", "databricks");
        foreach (var name in IdentityFields)
            identity.Add(name, field(name));
        return identity.Take();
    }

    /// <returns>Null, or why the row must be set aside.</returns>
    public string? ReadAmounts(Func<string, string> field, out CostAmounts amounts)
    {
        amounts = default;
        if (field("record_id").Length == 0)
            return "record_id is missing, by which a record is known";
        if (!FieldText.TryTime(Encoding.UTF8.GetBytes(field("usage_start_time")), out var from))
            return FieldText.NoTime("usage_start_time", field("usage_start_time"), "time such as 2026-11-20T10:00:00Z");
        if (!FieldText.TryTime(Encoding.UTF8.GetBytes(field("usage_end_time")), out var to))
            return FieldText.NoTime("usage_end_time", field("usage_end_time"), "time such as 2026-11-20T11:00:00Z");
        if (!FieldText.TryAmount(Encoding.UTF8.GetBytes(field("usage_quantity")), out var quantity) || quantity is null)
            return $"usage_quantity '{field("usage_quantity")}' is no number";
        var price = prices?.At(field("sku_name"), field("cloud"), from);
        if (prices is not null && price is null)
            _unpriced.Add(field("sku_name"));
        amounts = new CostAmounts(from, to, quantity, null, quantity * price?.Effective, null, quantity * price?.PerUnit);
        return null;
    }

    public CostFacet Describe(Func<string, string> field)
    {
        var metadata = JsonTags.Read(field("usage_metadata"));
        var product = field("billing_origin_product");
        FieldText.TryTime(Encoding.UTF8.GetBytes(field("usage_start_time")), out var from);
        return new CostFacet
        {
            Source = BillSource.Databricks,
            Provider = "Databricks",
            Service = product.Length > 0 ? product : "Databricks",
            Account = field("account_id"),
            BillingAccount = field("account_id"),
            BillingMonth = from.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture),
            Project = field("workspace_id"),
            Principal = JsonTags.Read(field("identity_metadata")).GetValueOrDefault("run_as") ?? "",
            Tags = JsonTags.Write(JsonTags.Read(field("custom_tags"))),
            UsageType = field("sku_name"),
            Model = Array.IndexOf(Generative, product) >= 0 ? metadata.GetValueOrDefault("endpoint_name") ?? "" : "",
            ChargeCategory = "Usage",
            Unit = field("usage_unit") is { Length: > 0 } unit ? unit : "DBU",
            Currency = prices?.At(field("sku_name"), field("cloud"), from)?.Currency ?? "",
            IsGenerativeAi = Array.IndexOf(Generative, product) >= 0,
        };
    }
}
