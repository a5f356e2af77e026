using Sluice.Insights.Spend;

namespace Sluice.Reports.Spending;

/// <summary>What spend and the presets are asked with.</summary>
internal static class SpendParameters
{
    public static readonly ReportParameter<string?> Basis = CommonParameters.OptionalChoice(
        "basis", "What to read: metered, the ledger's calls, or billed, what was imported", "metered", "billed");

    public static readonly ReportParameter<string[]> By = new("by", "What to sum by, in order: dimensions of the basis, with commas", (words, _) => Dimensions.Split(words))
    {
        IsList = true,
        Form = "NAME,...",
        Default = "app,model of the ledger; provider,model of bills",
        Completions = word => Dimensions.Completions(word, ""),
    };

    public static readonly ReportParameter<IReadOnlyDictionary<string, IReadOnlyList<string>>> Where = new(
        "where", "Only what has one of the values; a trailing * matches any suffix", (words, _) => Dimensions.Conditions(words))
    {
        IsList = true,
        Form = "NAME=VALUE,...",
        Completions = word => Dimensions.Completions(word, "="),
    };

    public static readonly ReportParameter<string?> Cost = CommonParameters.OptionalChoice(
        "cost", "Which cost of a bill: effective (discounts spread; the default), billed (as invoiced) or list (public prices)", "effective", "billed", "list");

    public static readonly ReportParameter<bool> AllServices = CommonParameters.Flag("all_services", "Billed: also what is no generative AI, labelled so");

    public static readonly ReportParameter<bool> Related = CommonParameters.Flag("related", "Billed: also services that carry the AI workloads, by service and shared tags");

    public static BillCost CostOf(string? cost) => cost switch
    {
        null or "effective" => BillCost.Effective,
        "billed" => BillCost.Billed,
        "list" => BillCost.List,
        _ => throw new ReportMistakeException($"cost '{cost}' is none; write effective, billed or list."),
    };

    /// <exception cref="ReportMistakeException">The question asks the ledger for what only bills know.</exception>
    public static void CheckBasis(string basis, string? cost, bool allServices, bool related)
    {
        if (allServices && related)
            throw new ReportMistakeException("all_services includes what related adds; say one of them.");
        if (basis == Dimensions.Billed.Basis)
            return;
        if (cost is not null)
            throw new ReportMistakeException("The ledger knows one cost; --cost is for --basis billed.");
        if (allServices || related)
            throw new ReportMistakeException($"The ledger holds calls of models alone; --{(related ? "related" : "all-services")} is for --basis billed.");
    }
}
