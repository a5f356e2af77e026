using Sluice.Insights.Store;

namespace Sluice.Insights.Spend;

/// <summary>What bills can be asked by.</summary>
public static class BillDimensions
{
    /// <summary>The label that tells generative AI from other services.</summary>
    public const string Workload = "workload";

    /// <summary>The month whose bill has a charge, which need not be the one in which it began.</summary>
    internal const string InvoiceMonth = "invoice_month";

    /// <summary>The file and the line where a charge stands.</summary>
    internal const string SourceRow = "source_row";

    private static readonly Dictionary<string, Func<CostSlice, string>> OfSlices = new(StringComparer.Ordinal)
    {
        ["provider"] = s => s.Provider,
        ["service"] = s => s.Service,
        ["model"] = s => s.Model,
        ["family"] = s => s.Family,
        ["developer"] = s => s.Developer,
        ["kind"] = s => s.Kind,
        ["cached"] = s => s.Kind.Length == 0 ? "" : Flag(s.Kind.StartsWith("cache_", StringComparison.Ordinal)),
        ["tier"] = s => s.Tier,
        ["scope"] = s => s.Scope,
        ["batch"] = s => s.Kind.Length == 0 ? "" : Flag(s.IsBatch),
        ["latency"] = s => s.Kind.Length == 0 ? "" : s.IsLatencyOptimized ? "optimized" : "standard",
        ["band"] = s => s.Kind.Length == 0 ? "" : s.IsLongContext ? "long" : "standard",
        ["account"] = s => s.Account,
        ["project"] = s => s.Project,
        ["region"] = s => s.Region,
        ["app"] = s => s.App,
        ["team"] = s => s.Team,
        ["task"] = s => s.Task,
        ["environment"] = s => s.Environment,
        ["category"] = s => s.ChargeCategory,
        ["commitment"] = s => Commitment(s.ChargeCategory),
        ["unit"] = s => s.Unit,
        ["currency"] = s => s.Currency,
        ["source"] = s => s.Source,
    };

    /// <summary>Those that the hourly sums keep.</summary>
    private static readonly HashSet<string> OfHours = new(StringComparer.Ordinal) { "provider", "kind", "cached", "unit", "currency", "source" };

    private static readonly string[] OfFacets = ["principal", "usage_type", InvoiceMonth];

    private static readonly string[] OfTime = ["hour", "day", "month"];

    /// <summary>Their names, beside <c>tag:NAME</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. OfSlices.Keys, .. OfFacets, Workload, .. OfTime, SourceRow];

    public static bool IsDimension(string name) => Names.Contains(name, StringComparer.Ordinal) || IsTag(name);

    /// <summary>Whether it is told by rows and not by what they are for.</summary>
    internal static bool IsOfRow(string name) => OfTime.Contains(name, StringComparer.Ordinal) || name == SourceRow;

    /// <summary>Whether no sums keep it.</summary>
    internal static bool IsOfCharge(string name) => OfFacets.Contains(name, StringComparer.Ordinal) || IsTag(name) || name == SourceRow;

    internal static bool IsOfHour(string name) => OfHours.Contains(name) || OfTime.Contains(name, StringComparer.Ordinal);

    internal static Func<CostSlice, string>? OfSlice(string name) => OfSlices.GetValueOrDefault(name);

    private static bool IsTag(string name) => name.StartsWith("tag:", StringComparison.Ordinal) && name.Length > 4;

    /// <summary>Of savings plans and reservations, whether usage took them up. A fee costs, effectively, what none took up.</summary>
    private static string Commitment(string category) => category switch
    {
        "SavingsPlanCoveredUsage" or "SavingsPlanNegation" or "DiscountedUsage" => "used",
        "SavingsPlanRecurringFee" or "RIFee" or "UnusedReservation" or "UnusedSavingsPlan" or CostFacet.UnusedCommitment => "unused",
        _ => "",
    };

    private static string Flag(bool value) => value ? "true" : "false";
}
