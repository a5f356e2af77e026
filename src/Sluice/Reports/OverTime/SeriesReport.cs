using System.Globalization;
using Sluice.Core;
using Sluice.Ledger.Queries;
using Sluice.Ledger.Sums;
using Sluice.Reports.Spending;

namespace Sluice.Reports.OverTime;

/// <summary>One figure over time, by up to two dimensions, if asked for beside an earlier time.</summary>
internal sealed class SeriesReport : Report
{
    private const int DefaultDays = 30;
    private const int DefaultTop = 10;
    private const int MostTop = 100;

    /// <summary>More points than any page draws, and few enough to answer at once.</summary>
    private const int MostSteps = 5_000;

    private static readonly ReportParameter<string> MetricName = CommonParameters.Choice("metric", "The figure", "cost", [.. Metric.All.Select(m => m.Name)]);

    private static readonly ReportParameter<string?> GrainName = CommonParameters.OptionalChoice("grain", "How long a step is; by the range if not said", [.. Grain.All.Select(g => g.Name)]);

    private static readonly ReportParameter<int> Top = new("top", "How many groups stand by themselves; the others are one, called (other)", ReadTop) { Form = "N", Default = "10" };

    private static readonly ReportParameter<string> Compare = CommonParameters.Choice(
        "compare", "Beside the same number of steps just before, or the same dates a year ago", "none", "none", "previous", "year");

    private static readonly ReportColumn[] Time =
    [
        new("from", ColumnType.Moment, "The step's first moment"),
        new("to", ColumnType.Moment, "The first moment after it") { View = ColumnView.Programs },
    ];

    private static readonly ReportColumn[] Counts =
    [
        new("calls", ColumnType.Count, "Calls that the value is of"),
        new("unpriced_calls", ColumnType.Count, "Of them, those whose cost is not known, and in no amount") { View = ColumnView.PeopleIfAny, Heading = "unpriced" },
        new("estimated_calls", ColumnType.Count, "Of them, those of which a count was estimated") { View = ColumnView.PeopleIfAny, Heading = "estimated" },
    ];

    public override string Name => "series";

    public override string Summary => "Cost, calls, tokens, latency and more over time";

    public override string Help => $"""
        Days, weeks and months are those of the reporting zone. Groups beyond --top are one, called (other), so that sums
        stay whole. Whole quarters of an hour are summed; calls of more than 60 days ago by whole hours.

        Metrics: {string.Join(", ", Metric.All.Select(m => m.Name))}.

        Examples:
          sluice series
          sluice series --metric ttft_p90 --by model --from 24h
          sluice series --by app --grain week --from 2026-09 --compare previous --time-zone Asia/Kolkata
        """;

    public override IReadOnlyList<ReportColumn> Columns => [.. Time, ValueColumn(Metric.All[0]), .. Counts];

    protected override IReadOnlyList<ReportParameter> OwnParameters { get; } =
        [MetricName, MeteredGroups.By, MeteredGroups.Where, CommonParameters.From, CommonParameters.To, GrainName, Top, Compare, CommonParameters.TimeZone];

    protected override async Task<ReportTable> AnswerAsync(ReportQuestion question, ReportSources sources, CancellationToken cancellationToken)
    {
        var range = SeriesRange.Of(question, DefaultDays);
        var (metric, by, zone) = (Metric.Find(question.Get(MetricName)), question.Get(MeteredGroups.By), question.Clock.Zone);
        var grain = question.Get(GrainName) is { } name ? Grain.Find(name) : Grain.For(range.To - range.From);
        var edges = grain.Edges(range.From, range.To, zone, MostSteps);
        if (edges.Count > MostSteps)
            throw new ReportMistakeException($"grain {grain.Name} cuts that range into more than {MostSteps} steps; take a longer grain or a shorter range.");
        var ledger = await sources.LedgerAsync(cancellationToken);
        var query = new SeriesQuery { Edges = edges, GroupBy = by, Filters = question.Get(MeteredGroups.Where) };
        var table = SeriesTable.Of(ledger.Series(query), metric, by.Length == 0 ? 1 : question.Get(Top));
        var compare = question.Get(Compare);
        var earlier = compare == "none" ? null : SeriesTable.Of(ledger.Series(query with { Edges = Earlier(compare, grain, edges, zone) }), metric, 1, table);
        return new ReportTable([.. Time, .. by.Select(ReportColumn.Group), ValueColumn(metric), .. earlier is null ? [] : BeforeColumns(metric), .. Counts])
        {
            Rows = [.. Rows(edges, by, metric, table, earlier)],
            Totals = [Total(range, by, metric, table, earlier)],
            Basis = "metered",
            Currency = metric.Type == ColumnType.Usd || metric.Name.StartsWith("cost", StringComparison.Ordinal) ? "USD" : null,
            From = range.From,
            To = range.To,
            CompleteUntil = question.Clock.Now,
            Resolved = [("from", range.From), ("to", range.To), ("grain", grain.Name)],
            Lead = [$"{metric.Meaning}, {TimeSpot.Day(range.From, zone)} to {TimeSpot.Day(range.To, zone)} ({zone.Id}, the end not included)."],
            Notes = [.. Notes(table.Total, () => NothingFound.Calls(ledger, query.Filters, range.From, range.To))],
        };
    }

    private static List<DateTimeOffset> Earlier(string compare, Grain grain, List<DateTimeOffset> edges, TimeZoneInfo zone) => compare == "year"
        ? [.. edges.Select(e => Quarter(Grain.Find("year").Move(e, -1, zone)))]
        : [.. edges.Select(e => Quarter(grain.Move(e, 1 - edges.Count, zone)))];

    private static IEnumerable<object?[]> Rows(List<DateTimeOffset> edges, string[] by, Metric metric, SeriesTable table, SeriesTable? earlier)
    {
        IReadOnlyList<IReadOnlyList<string>?> groups = by.Length == 0 ? [[]] : table.Groups;
        for (var span = 0; span + 1 < edges.Count; span++)
        {
            foreach (var group in groups)
            {
                string[] names = group is null ? [.. by.Select((_, i) => i == 0 ? "(other)" : "")] : [.. group];
                yield return [edges[span], edges[span + 1], .. names, .. Values(metric, table.At(span, group), earlier?.At(span, group))];
            }
        }
    }

    private static ReportTotal Total(SeriesRange range, string[] by, Metric metric, SeriesTable table, SeriesTable? earlier) =>
        new([range.From, range.To, .. by.Select(_ => (object?)null), .. Values(metric, table.Total, earlier?.Total)]);

    private static object?[] Values(Metric metric, CallSums sums, CallSums? before)
    {
        object?[] counts = [sums.Calls, sums.UnpricedCalls, sums.EstimatedCalls];
        return before is null
            ? [metric.Of(sums), .. counts]
            : [metric.Of(sums), metric.Of(before), Change(metric.Of(sums), metric.Of(before)), .. counts];
    }

    /// <summary>In hundredths of what was before; null if that was nothing or is not known.</summary>
    private static decimal? Change(object? now, object? before) => Number(now) is { } a && Number(before) is { } b && b != 0
        ? Math.Round(100 * (a - b) / Math.Abs(b), 1)
        : null;

    private static decimal? Number(object? value) => value switch
    {
        null => null,
        Money money => money.Usd,
        _ => Convert.ToDecimal(value, CultureInfo.InvariantCulture),
    };

    private static ReportColumn ValueColumn(Metric metric) => new("value", metric.Type, metric.Meaning) { Heading = metric.Name.Replace('_', ' '), IsSum = metric.IsSum };

    private static ReportColumn[] BeforeColumns(Metric metric) =>
    [
        new("before", metric.Type, $"The same of the earlier time: {metric.Meaning}") { IsSum = metric.IsSum },
        new("change_percent", ColumnType.Percent, "value compared with before") { Heading = "change %" },
    ];

    private static IEnumerable<string> Notes(CallSums total, Func<string> whyNone)
    {
        if (total.Calls == 0)
            yield return whyNone();
        if (total.UnpricedCalls > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"The cost of {total.UnpricedCalls:#,0} of {total.Calls:#,0} calls is not known, and in no amount.");
    }

    private static DateTimeOffset Quarter(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.FromMinutes(15).Ticks), TimeSpan.Zero);

    private static int ReadTop(IReadOnlyList<string> words, ReportClock clock)
    {
        if (words is [])
            return DefaultTop;
        return int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var top) && top is > 0 and <= MostTop
            ? top
            : throw new ReportMistakeException($"top '{PlainText.Of(words[0])}' must be a whole number from 1 to {MostTop}.");
    }
}
