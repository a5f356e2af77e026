using System.Collections.Immutable;
using System.Globalization;
using Sluice.Gateway.Levers.Watching;

namespace Sluice.Reports.Watching;

/// <summary>Whether levers that may change answers keep them as good as they were.</summary>
internal sealed class QualityReport : Report
{
    private static readonly ReportColumn[] All =
    [
        new("app", ColumnType.Text, "App tag of the calls") { ForPeople = v => v ?? "(none)" },
        new("task", ColumnType.Text, "Task tag of the calls") { ForPeople = v => v ?? "(none)" },
        new("lever", ColumnType.Text, "The lever"),
        new("state", ColumnType.Text, "holds, open or suspended"),
        new("samples", ColumnType.Count, "Answers that were compared"),
        new("not_compared", ColumnType.Count, "Samples that could not be compared") { View = ColumnView.Programs },
        new("good_percent", ColumnType.Percent, "Good answers among those of the lever") { Heading = "good %" },
        new("baseline_good_percent", ColumnType.Percent, "Good answers among those of the model that was asked for") { Heading = "baseline %" },
        new("difference_low", ColumnType.Percent, "Lower end of the 95 % interval of the difference, in points") { View = ColumnView.Programs },
        new("difference_high", ColumnType.Percent, "Upper end of the 95 % interval of the difference, in points") { View = ColumnView.Programs },
        ReportColumn.Derive("difference (95 %)", row => string.Create(CultureInfo.InvariantCulture, $"[{row["difference_low"]:0.0}, {row["difference_high"]:0.0}]")),
        new("margin", ColumnType.Percent, "How much worse answers may be, in points"),
        new("suspended_at", ColumnType.Moment, "Since when the lever is in shadow; null if it isn't") { View = ColumnView.Programs },
    ];

    public override string Name => "quality";

    public override string Summary => "Whether levers keep answers as good as they were";

    public override string Help => """
        The answers of levers that may change them are compared with those of the model that was asked for, by app and task:
        a sampled share of calls is answered once more by the baseline. Each end of the interval holds with 95 %, however
        often one looks. A lever is 'suspended' (in shadow) once its answers are significantly worse by more than the
        margin; 'holds' says that they are significantly not; 'open' is all between. Exits with 1 if one is suspended.

        Examples:
          sluice quality
          sluice quality --format json
          sluice levers resume --app support --lever route
        """;

    public override IReadOnlyList<ReportColumn> Columns => All;

    public override bool NamesModels => false;

    protected override IReadOnlyList<ReportParameter> OwnParameters { get; } = [];

    /// <summary>A sentence for each lever that was switched to shadow.</summary>
    public static IEnumerable<string> Suspended(ImmutableArray<QualityEntry> entries) => entries
        .Where(e => e.SuspendedAt is not null)
        .Select(e => string.Create(
            CultureInfo.InvariantCulture,
            $"{e.Scope.Lever} is in shadow for app {e.Scope.App ?? "(none)"}, task {e.Scope.Task ?? "(none)"} since {e.SuspendedAt:yyyy-MM-ddTHH:mm:ssZ}: "
            + $"{Points(e.Pairs.TreatedShare)} % of its answers are good, {Points(e.Pairs.BaselineShare)} % of the baseline's ({e.Pairs.Count:#,0} samples)."));

    protected override Task<ReportTable> AnswerAsync(ReportQuestion question, ReportSources sources, CancellationToken cancellationToken)
    {
        var entries = sources.Live?.Quality.Entries ?? QualityBook.Read(sources.DataDirectory);
        return Task.FromResult(new ReportTable(All)
        {
            Rows = [.. entries.Select(Row)],
            IsNo = entries.Any(e => e.SuspendedAt is not null),
        });
    }

    private static object?[] Row(QualityEntry entry)
    {
        var (low, high) = entry.Bounds;
        return
        [
            entry.Scope.App, entry.Scope.Task, entry.Scope.Lever, entry.State, entry.Pairs.Count, entry.NotCompared,
            Points(entry.Pairs.TreatedShare), Points(entry.Pairs.BaselineShare), Points(low), Points(high), Points(entry.Margin), entry.SuspendedAt,
        ];
    }

    private static decimal? Points(double? share) => share is { } known ? Math.Round(100 * (decimal)known, 1) : null;
}
