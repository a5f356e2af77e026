using Sluice.Insights.Spend;

namespace Sluice.Reports.Spending;

/// <summary>What must be said of an answer from bills, in sentences.</summary>
internal static class BillNotes
{
    public static IEnumerable<string> Of(IReadOnlyDictionary<(string Source, BillRemark Why), long> remarks) => remarks
        .OrderBy(e => e.Key.Source, StringComparer.Ordinal).ThenBy(e => e.Key.Why)
        .Select(e => Sentence(e.Key.Why, e.Key.Source, e.Value));

    private static string Sentence(BillRemark why, string source, long count) => why switch
    {
        BillRemark.ToldInMoreDetail =>
            $"{count:#,0} lines of source {source} are left out: another source has the same days, provider and account in more detail. --where source={source} shows them.",
        BillRemark.TokensOnly =>
            $"{count:#,0} lines of source {source} are left out: they count tokens without money, which a bill has too. --where source={source} shows them.",
        BillRemark.BilledStandsIn => $"{count:#,0} lines of source {source} state no effective cost; they count with what was billed.",
        BillRemark.ListedByUsage =>
            $"{count:#,0} lines of source {source} are purchases of what usage draws down; their list cost is left out, since the usage has it.",
        BillRemark.Credited =>
            $"{count:#,0} lines of source {source} are credits or refunds, which the sums are less by; --by category shows them apart.",
        BillRemark.LongerThanAnHour =>
            $"{count:#,0} charges of source {source} are for a day or longer; all their tokens stand at the hour in which that begins.",
        BillRemark.ListPriceOnly =>
            $"{count:#,0} lines of source {source} state list prices and nothing of what was paid, and are in no sum of money; --cost list shows them.",
        BillRemark.NotTagged =>
            $"{count:#,0} lines of source {source} are of services that carry AI workloads and have no app, team or task tag of one; --all-services shows them.",
        _ => throw new ArgumentOutOfRangeException(nameof(why), why, null),
    };
}
