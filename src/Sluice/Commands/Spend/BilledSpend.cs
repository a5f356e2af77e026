using Sluice.Insights.Spend;

namespace Sluice.Commands.Spend;

/// <summary>A question about bills as people and scripts put it, the same on the command line and over HTTP.</summary>
internal static class BilledSpend
{
    public static readonly string[] DefaultBy = ["provider,model"];

    /// <summary>Whether something is only for bills, and was said without them; with what to say.</summary>
    public static string? Mistake(SpendBasis basis, string? cost, bool allServices, bool related)
    {
        if (allServices && related)
            return "--all-services includes what --related adds; say one of them.";
        if (basis == SpendBasis.Billed)
            return null;
        if (cost is not null)
            return "The ledger knows one cost; --cost is for --basis billed.";
        return allServices || related ? $"The ledger holds calls of models alone; --{(related ? "related" : "all-services")} is for --basis billed." : null;
    }

    public static BillQuery Query(
        DateTimeOffset? from, DateTimeOffset? to, IReadOnlyList<string> by, IReadOnlyDictionary<string, IReadOnlyList<string>> filters, string? cost, bool allServices, bool related) => new()
        {
            From = from,
            To = to,
            // What is no generative AI is labelled, so that no row holds both.
            GroupBy = (allServices || related) && !by.Contains(BillDimensions.Workload, StringComparer.Ordinal) ? [BillDimensions.Workload, .. by] : by,
            Filters = filters,
            Cost = CostOf(cost),
            Services = allServices ? BillReach.All : related ? BillReach.Related : BillReach.GenerativeAi,
        };

    public static BillCost CostOf(string? cost) => Enum.TryParse<BillCost>(cost, ignoreCase: true, out var known) ? known : BillCost.Effective;

    /// <summary>What must be said of an answer, in sentences.</summary>
    public static IEnumerable<string> Notes(IReadOnlyDictionary<(string Source, BillRemark Why), long> remarks) =>
        remarks.OrderBy(e => e.Key.Source, StringComparer.Ordinal).ThenBy(e => e.Key.Why).Select(entry => entry.Key.Why switch
        {
            BillRemark.ToldInMoreDetail => $"{entry.Value:#,0} lines of source {entry.Key.Source} are left out: another source tells of the same days, provider and account in more detail. --where source={entry.Key.Source} shows them.",
            BillRemark.TokensOnly => $"{entry.Value:#,0} lines of source {entry.Key.Source} are left out: they count tokens without money, which a bill has too. --where source={entry.Key.Source} shows them.",
            BillRemark.BilledStandsIn => $"{entry.Value:#,0} lines of source {entry.Key.Source} tell no effective cost; they count with what was billed.",
            BillRemark.ListedByUsage => $"{entry.Value:#,0} lines of source {entry.Key.Source} are purchases of what usage draws down; their list cost is left out, since the usage has it.",
            BillRemark.Credited => $"{entry.Value:#,0} lines of source {entry.Key.Source} are credits or refunds, which the sums are less by; --by category shows them apart.",
            BillRemark.LongerThanAnHour => $"{entry.Value:#,0} charges of source {entry.Key.Source} are for a day or longer; all their tokens stand at the hour in which that begins.",
            BillRemark.ListPriceOnly => $"{entry.Value:#,0} lines of source {entry.Key.Source} tell list prices and nothing of what was paid, and are in no sum of money; --cost list shows them.",
            _ => $"{entry.Value:#,0} lines of source {entry.Key.Source} are of services that carry AI workloads and have no app, team or task tag of one; --all-services shows them.",
        });
}
