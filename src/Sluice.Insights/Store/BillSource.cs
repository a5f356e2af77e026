using System.Collections.Frozen;

namespace Sluice.Insights.Store;

/// <summary>The formats of bills, and of reports beside them, that can be imported.</summary>
public enum BillSource
{
    /// <summary>AWS's Cost and Usage Report, 2.0 (<c>line_item_usage_type</c>) or legacy (<c>lineItem/UsageType</c>).</summary>
    Cur,

    /// <summary>The FinOps Foundation's FOCUS, 1.0 to 1.4, of any provider.</summary>
    Focus,

    /// <summary>What AWS Cost Explorer answers to GetCostAndUsage, as JSON.</summary>
    CostExplorer,

    /// <summary>Bedrock's model-invocation logs: tokens of each call, no money.</summary>
    BedrockLogs,

    /// <summary>What CloudWatch answers to GetMetricData about Bedrock: tokens, no money.</summary>
    CloudWatch,

    /// <summary>Azure's own export of actual costs.</summary>
    Azure,

    /// <summary>Azure's own export of amortized costs: the same charges with commitments spread.</summary>
    AzureAmortized,

    /// <summary>Google's billing export from BigQuery, as newline JSON.</summary>
    Gcp,

    /// <summary>OpenAI's <c>organization/costs</c>.</summary>
    OpenAi,

    /// <summary>OpenAI's <c>organization/usage</c>: tokens, no money.</summary>
    OpenAiUsage,

    /// <summary>Anthropic's <c>cost_report</c>.</summary>
    Anthropic,

    /// <summary>Anthropic's <c>usage_report</c>: tokens, no money.</summary>
    AnthropicUsage,

    /// <summary>Databricks' <c>system.billing.usage</c>, priced by its list prices.</summary>
    Databricks,
}

/// <summary>The stable names of the sources, and which of them are no bills.</summary>
public static class BillSources
{
    private static readonly (BillSource Source, string Name)[] Named =
    [
        (BillSource.Cur, "cur"),
        (BillSource.Focus, "focus"),
        (BillSource.CostExplorer, "cost-explorer"),
        (BillSource.BedrockLogs, "bedrock-logs"),
        (BillSource.CloudWatch, "cloudwatch"),
        (BillSource.Azure, "azure"),
        (BillSource.AzureAmortized, "azure-amortized"),
        (BillSource.Gcp, "gcp"),
        (BillSource.OpenAi, "openai"),
        (BillSource.OpenAiUsage, "openai-usage"),
        (BillSource.Anthropic, "anthropic"),
        (BillSource.AnthropicUsage, "anthropic-usage"),
        (BillSource.Databricks, "databricks"),
    ];

    private static readonly FrozenDictionary<BillSource, string> BySource = Named.ToFrozenDictionary(n => n.Source, n => n.Name);

    private static readonly FrozenDictionary<string, BillSource> ByName = Named.ToFrozenDictionary(n => n.Name, n => n.Source, StringComparer.Ordinal);

    public static IReadOnlyList<string> Names { get; } = [.. Named.Select(n => n.Name)];

    public static string Name(this BillSource source) => BySource[source];

    public static bool TryParse(string name, out BillSource source) => ByName.TryGetValue(name, out source);

    /// <summary>
    /// True where the source counts what was used and says nothing of money. Its rows lie apart from those of bills, since a bill of the
    /// same provider counts the same tokens.
    /// </summary>
    public static bool IsCount(this BillSource source) => source is BillSource.BedrockLogs or BillSource.CloudWatch or BillSource.OpenAiUsage or BillSource.AnthropicUsage;

    /// <summary><c>billed</c>, or <c>counted</c> for a provider's count without money. <c>metered</c> is the ledger's.</summary>
    public static string Basis(this BillSource source) => source.IsCount() ? "counted" : "billed";
}
