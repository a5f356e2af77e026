using Sluice.Core.Metering;

namespace Sluice.Insights.Store;

/// <summary>
/// All that a row of a bill says beside its period and its amounts, in the words of Sluice. What a bill doesn't tell is null
/// or empty; nothing is guessed.
/// </summary>
public sealed record CostFacet
{
    /// <summary>The category of what was committed to and no usage took up, if the bill has it as a row of its own.</summary>
    public const string UnusedCommitment = "UnusedCommitment";

    /// <summary>The category of a purchase whose effective cost is that of the usage which draws it down.</summary>
    public const string PrepaidPurchase = "PrepaidPurchase";

    public required BillSource Source { get; init; }

    /// <summary>Who sends the bill, such as <c>AWS</c>.</summary>
    public string Provider { get; init; } = "";

    /// <summary>The product as the bill names it.</summary>
    public string Service { get; init; } = "";

    /// <summary>The base model id where the price book knows it, the bill's own name for the model otherwise; empty where the row is for no model.</summary>
    public string Model { get; init; } = "";

    public string Family { get; init; } = "";

    /// <summary>Who made the model.</summary>
    public string Developer { get; init; } = "";

    /// <summary>Null where the row counts nothing that Sluice has a kind for.</summary>
    public UsageKind? Kind { get; init; }

    /// <summary>The tier's stable name, or <c>unknown:</c> with the bill's own word.</summary>
    public string Tier { get; init; } = "";

    /// <summary><c>global</c>, or <c>regional</c>: usage types don't tell a bare model id from a geographic profile.</summary>
    public string Scope { get; init; } = "";

    public bool IsBatch { get; init; }

    public bool IsLatencyOptimized { get; init; }

    public bool IsLongContext { get; init; }

    /// <summary>The account or subscription that used it.</summary>
    public string Account { get; init; } = "";

    /// <summary>What the provider groups usage by within an account: a project of OpenAI, Google or Bedrock, a workspace of Anthropic or Databricks, a resource group of Azure.</summary>
    public string Project { get; init; } = "";

    /// <summary>Who gets the bill, such as AWS's payer account; empty where the source doesn't tell.</summary>
    public string BillingAccount { get; init; } = "";

    /// <summary>The month of the bill that has the row, as <c>2026-11</c>; empty where the source has no bills of a month.</summary>
    public string BillingMonth { get; init; } = "";

    public string Region { get; init; } = "";

    /// <summary>Who called, such as an IAM principal's ARN.</summary>
    public string Principal { get; init; } = "";

    /// <summary>A JSON object of the row's tags, sorted by name.</summary>
    public string Tags { get; init; } = "{}";

    /// <summary>AWS's usage type, or what comes nearest to it elsewhere.</summary>
    public string UsageType { get; init; } = "";

    /// <summary><c>Usage</c>, <c>Credit</c>, <c>Tax</c> and so on, as the bill says.</summary>
    public string ChargeCategory { get; init; } = "";

    /// <summary>What quantities count: <c>tokens</c>, or the bill's own unit.</summary>
    public string Unit { get; init; } = "";

    /// <summary>What a quantity of the bill is multiplied with to be in <see cref="Unit"/>: 1,000,000 where it counts millions of tokens.</summary>
    public decimal UnitFactor { get; init; } = 1;

    /// <summary>The ISO 4217 code, or empty where the bill has none. Amounts of different currencies are never summed.</summary>
    public string Currency { get; init; } = "";

    public bool IsGenerativeAi { get; init; }

    /// <summary>What of a generative AI row was not understood, in words; empty where all was.</summary>
    public string Unknown { get; init; } = "";

    /// <summary>Whether rows of a category lessen what others cost.</summary>
    public static bool IsCredit(string category) => category is "Credit" or "Refund";

    public bool IsCached => Kind is UsageKind.CacheRead or UsageKind.CacheWrite5m or UsageKind.CacheWrite1h;
}
