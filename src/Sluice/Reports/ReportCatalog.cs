using Sluice.Insights.Reports;
using Sluice.Reports.Calls;
using Sluice.Reports.OverTime;
using Sluice.Reports.Saving;
using Sluice.Reports.Spending;
using Sluice.Reports.Watching;

namespace Sluice.Reports;

/// <summary>Every question that Sluice answers, in the order of lists.</summary>
internal static class ReportCatalog
{
    public static readonly SpendReport Spend = new();
    public static readonly SavingsReport Savings = new();
    public static readonly MarkingReport Marking = new();
    public static readonly QualityReport Quality = new();
    public static readonly BudgetsReport Budgets = new();
    public static readonly AlertsReport Alerts = new();
    public static readonly SeriesReport Series = new();
    public static readonly MoversReport Movers = new();
    public static readonly CallsReport Calls = new();
    public static readonly ValuesReport Values = new();
    public static readonly CallReport Call = new();
    public static readonly CoverageReport Coverage = new();

    public static readonly IReadOnlyList<PresetReport> Presets = [.. ReportBook.All.Select(r => new PresetReport(r.Name, r.Title))];

    public static readonly IReadOnlyList<Report> All = [Spend, Series, Movers, Calls, Call, Values, Coverage, Savings, Marking, Quality, Budgets, Alerts, .. Presets];

    /// <summary>Null if there is no report of that name.</summary>
    public static Report? Find(string name) => All.FirstOrDefault(r => r.Name == name);
}
