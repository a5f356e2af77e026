using Sluice.Insights.Store;

namespace Sluice.Reports.Calls;

/// <summary>What is known from when until when, from which source.</summary>
internal sealed class CoverageReport : Report
{
    private static readonly ReportColumn[] All =
    [
        new("source", ColumnType.Text, "ledger, or a kind of bill"),
        new("basis", ColumnType.Text, "metered or billed"),
        new("from", ColumnType.Moment, "The first moment that is known"),
        new("until", ColumnType.Moment, "The first moment that is not; for the ledger, that of the question"),
        new("has_money", ColumnType.Flag, "Whether it states costs, and not only tokens"),
    ];

    public override string Name => "coverage";

    public override string Summary => "What is known from when until when, from which source";

    public override string Help => """
        Examples:
          sluice coverage
          sluice coverage --format json
        """;

    public override IReadOnlyList<ReportColumn> Columns => All;

    public override bool NamesModels => false;

    protected override IReadOnlyList<ReportParameter> OwnParameters { get; } = [];

    protected override async Task<ReportTable> AnswerAsync(ReportQuestion question, ReportSources sources, CancellationToken cancellationToken)
    {
        var rows = new List<object?[]>();
        if (sources.HasLedger && (await sources.LedgerAsync(cancellationToken)).FirstCall() is { } first)
            rows.Add(["ledger", Dimensions.Metered.Basis, first, question.Clock.Now, true]);
        if (sources.HasBills)
            rows.AddRange(sources.Bills().Sources().Select(s => (object?[])[s.Source, Dimensions.Billed.Basis, s.From, s.Until, !SourcePrecedence.CountsTokensOnly(s.Source)]));
        return new ReportTable(All)
        {
            Rows = rows,
            CompleteUntil = rows.Select(r => (DateTimeOffset?)r[3]).DefaultIfEmpty(null).Min(),
            Notes = rows.Count == 0 ? ["Nothing is known yet: no call was recorded and no bill imported."] : [],
        };
    }
}
