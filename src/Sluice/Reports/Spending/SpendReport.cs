using Sluice.Insights.Spend;
using Sluice.Ledger.Queries;

namespace Sluice.Reports.Spending;

/// <summary>What calls cost, by whatever they are tagged with, as the gateway metered them or as bills have them.</summary>
internal sealed class SpendReport : Report
{
    private static readonly string[] MeteredBy = ["app", "model"];
    private static readonly string[] BilledBy = ["provider", "model"];

    public override string Name => "spend";

    public override string Summary => "What calls cost, by app, model, key, tag or time";

    public override string Help => $"""
        What has no known cost is counted and never summed as 0; estimated money is shown apart. Amounts of different
        currencies are never summed.

        Metered calls have {string.Join(", ", SpendQuery.Dimensions)} and tag:NAME.
        Bills have {string.Join(", ", BillDimensions.Names)} and tag:NAME.

        Examples:
          sluice spend                                   by app and model
          sluice spend --by day --from "last month" --to "this month"
          sluice spend --by team,kind --where app=chat
          sluice spend --by tag:customer --format csv
          sluice spend --basis billed --by provider,family --cost list
          sluice spend --basis billed --related --by service --from 2026-11-01
        """;

    public override IReadOnlyList<ReportColumn> Columns => LedgerSpend.Columns;

    protected override IReadOnlyList<ReportParameter> OwnParameters { get; } =
    [
        SpendParameters.Basis, SpendParameters.By, SpendParameters.Where, CommonParameters.From, CommonParameters.To, SpendParameters.Cost,
        SpendParameters.AllServices, SpendParameters.Related, CommonParameters.TimeZone,
    ];

    protected override async Task<ReportTable> AnswerAsync(ReportQuestion question, ReportSources sources, CancellationToken cancellationToken)
    {
        var basis = question.Get(SpendParameters.Basis) ?? Dimensions.Metered.Basis;
        var (all, related) = (question.Get(SpendParameters.AllServices), question.Get(SpendParameters.Related));
        SpendParameters.CheckBasis(basis, question.Get(SpendParameters.Cost), all, related);
        var isBilled = basis == Dimensions.Billed.Basis;
        string[] by = question.Says(SpendParameters.By) ? question.Get(SpendParameters.By) : isBilled ? BilledBy : MeteredBy;
        var where = question.Get(SpendParameters.Where);
        Dimensions.Find(basis).Check(by.Concat(where.Keys));
        var (from, to) = (question.Get(CommonParameters.From), question.Get(CommonParameters.To));
        if (!isBilled)
        {
            var asked = new SpendQuery { From = from, To = to, GroupBy = by, Filters = where };
            var metered = LedgerSpend.Answer(asked, await sources.LedgerAsync(cancellationToken));
            return metered with { CompleteUntil = question.Clock.Now, Resolved = [("basis", basis), ("by", by)] };
        }
        // What is no generative AI is labelled, so that no row holds both.
        if ((all || related) && !by.Contains(BillDimensions.Workload, StringComparer.Ordinal))
            by = [BillDimensions.Workload, .. by];
        var query = new BillQuery
        {
            From = from,
            To = to,
            GroupBy = by,
            Filters = where,
            Cost = SpendParameters.CostOf(question.Get(SpendParameters.Cost)),
            Services = all ? BillReach.All : related ? BillReach.Related : BillReach.GenerativeAi,
        };
        return BilledSpend.Answer(query, sources.Bills()) with
        {
            Resolved = [("basis", basis), ("by", by), ("cost", query.Cost.ToString().ToLowerInvariant())],
        };
    }
}
