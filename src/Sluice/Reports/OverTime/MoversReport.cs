using System.Globalization;
using Sluice.Core;
using Sluice.Insights.Movers;
using Sluice.Ledger.Queries;
using Sluice.Ledger.Sums;

namespace Sluice.Reports.OverTime;

/// <summary>What changed most between two periods, split into its causes.</summary>
internal sealed class MoversReport : Report
{
    private const int DefaultDays = 7;
    private const int DecimalsShown = 12;

    private static readonly string[] DefaultBy = ["app", "model"];

    private static readonly ReportParameter<DateTimeOffset?> BeforeFrom = new("before_from", "The first moment of the earlier period", (words, clock) =>
        words is [] ? null : TimeSpot.Read("before_from", words[0], clock))
    {
        Form = "TIME",
        Default = "as long before as the period is",
    };

    private static readonly ReportColumn[] Own =
    [
        new("before_usd", ColumnType.Usd, "Cost in the earlier period") { Heading = "before" },
        new("after_usd", ColumnType.Usd, "Cost in the period") { Heading = "after" },
        new("change_usd", ColumnType.Usd, "after_usd less before_usd: the sum of the parts") { Heading = "change" },
        new("volume_usd", ColumnType.Usd, "Part: more or fewer calls in all") { Heading = "volume" },
        new("mix_usd", ColumnType.Usd, "Part: the calls were spread over the groups in another way") { Heading = "mix" },
        new("size_usd", ColumnType.Usd, "Part: a call used more or less") { Heading = "size" },
        new("cache_usd", ColumnType.Usd, "Part: other shares of the input were read from the cache or written to it") { Heading = "cache" },
        new("price_usd", ColumnType.Usd, "Part: a token or unit cost more or less") { Heading = "price" },
        new("levers_usd", ColumnType.Usd, "Part: levers saved more (negative) or less of a call") { Heading = "levers" },
        new("calls_before", ColumnType.Count, "Priced calls in the earlier period") { View = ColumnView.Programs },
        new("calls_after", ColumnType.Count, "Priced calls in the period") { View = ColumnView.Programs },
        new("unpriced_before", ColumnType.Count, "Calls of unknown cost in the earlier period, and in no amount") { View = ColumnView.PeopleIfAny },
        new("unpriced_after", ColumnType.Count, "Calls of unknown cost in the period, and in no amount") { View = ColumnView.PeopleIfAny },
    ];

    public override string Name => "movers";

    public override string Summary => "What changed most between two periods, and why";

    public override string Help => """
        Each change is split exactly into volume, mix, size of a call, cache, price and levers: the mean, over all orders in
        which these could change one after the other, of what each adds (Shapley's value). The parts add up to the change.

        Examples:
          sluice movers                                                   the last 7 days and the 7 before
          sluice movers --by team --from "this month" --before-from "last month"
          sluice movers --by model --where app=chat --format csv
        """;

    public override IReadOnlyList<ReportColumn> Columns => Own;

    protected override IReadOnlyList<ReportParameter> OwnParameters { get; } =
        [MeteredGroups.By, MeteredGroups.Where, CommonParameters.From, CommonParameters.To, BeforeFrom, CommonParameters.TimeZone];

    protected override async Task<ReportTable> AnswerAsync(ReportQuestion question, ReportSources sources, CancellationToken cancellationToken)
    {
        var after = SeriesRange.Of(question, DefaultDays);
        var before = Earlier(question, after);
        string[] by = question.Says(MeteredGroups.By) ? question.Get(MeteredGroups.By) : DefaultBy;
        var ledger = await sources.LedgerAsync(cancellationToken);
        var groups = new Dictionary<string, Sides>(StringComparer.Ordinal);
        foreach (var row in Sums(ledger, question, before, by))
            groups[NameOf(row.Group)] = new Sides(row.Group) { Before = Period(row.Sums) };
        foreach (var row in Sums(ledger, question, after, by))
            groups[NameOf(row.Group)] = SidesOf(groups, row) with { After = Period(row.Sums) };
        // Calls of unknown cost are counted apart: what they used must not make the others look cheap.
        foreach (var row in Sums(ledger, question, before, by, unpriced: true))
            groups[NameOf(row.Group)] = SidesOf(groups, row) is var sides ? sides with { Before = sides.Before with { UnpricedCalls = row.Sums.Calls } } : sides;
        foreach (var row in Sums(ledger, question, after, by, unpriced: true))
            groups[NameOf(row.Group)] = SidesOf(groups, row) is var sides ? sides with { After = sides.After with { UnpricedCalls = row.Sums.Calls } } : sides;
        var table = MoverTable.Of([.. groups.Select(g => new MoverGroup(g.Key, g.Value.Before, g.Value.After))]);
        return new ReportTable([.. by.Select(ReportColumn.Group), .. Own])
        {
            Rows = [.. table.Rows.Select(r => Cells(groups[r.Group.Name].Values, r.Group.Before, r.Group.After, r.Split))],
            Totals = [Total(by, table)],
            Basis = "metered",
            Currency = "USD",
            From = after.From,
            To = after.To,
            CompleteUntil = question.Clock.Now,
            Resolved = [("by", by), ("from", after.From), ("to", after.To), ("before_from", before.From)],
            Facts = [("before_from", before.From), ("before_to", before.To)],
            Lead = [$"{Days(after, question)} compared with {Days(before, question)} ({question.Clock.Zone.Id}, ends not included), in USD."],
            Notes = [.. Notes(table)],
        };
    }

    /// <summary>A group's two periods.</summary>
    private sealed record Sides(IReadOnlyList<string> Values)
    {
        public MoverPeriod Before { get; init; } = MoverPeriod.Empty;

        public MoverPeriod After { get; init; } = MoverPeriod.Empty;
    }

    private static Sides SidesOf(Dictionary<string, Sides> groups, SeriesRow row) => groups.GetValueOrDefault(NameOf(row.Group)) ?? new Sides(row.Group);

    private static IReadOnlyList<SeriesRow> Sums(LedgerReader ledger, ReportQuestion question, SeriesRange range, string[] by, bool unpriced = false) =>
        ledger.Series(new SeriesQuery { Edges = [range.From, range.To], GroupBy = by, Filters = question.Get(MeteredGroups.Where), Unpriced = unpriced });

    /// <summary>As long as the period, in days of the zone if it is whole days, and just before it unless said otherwise.</summary>
    private static SeriesRange Earlier(ReportQuestion question, SeriesRange after)
    {
        if (question.Get(BeforeFrom) is { } said)
        {
            return said < after.From
                ? new SeriesRange(said, said + (after.To - after.From) is var end && end < after.From ? end : after.From)
                : throw new ReportMistakeException($"before_from {TimeSpot.Text(said)} is not before from, which is {TimeSpot.Text(after.From)}.");
        }
        return new SeriesRange(after.From - (after.To - after.From), after.From);
    }

    private static MoverPeriod Period(CallSums sums) => new()
    {
        Calls = sums.Calls,
        Kinds = sums.Kinds.ToDictionary(k => k.Key, k => new KindUse(k.Value.Quantity, k.Value.Cost.Usd)),
        SavedUsd = sums.Saved.Usd,
    };

    private static object?[] Cells(IReadOnlyList<string?> group, MoverPeriod before, MoverPeriod after, ChangeSplit split) =>
    [
        .. group, Usd(before.CostUsd), Usd(after.CostUsd), Usd(after.CostUsd - before.CostUsd), Usd(split.VolumeUsd), Usd(split.MixUsd), Usd(split.SizeUsd),
        Usd(split.CacheUsd), Usd(split.PriceUsd), Usd(split.LeversUsd), before.Calls, after.Calls, before.UnpricedCalls, after.UnpricedCalls,
    ];

    private static ReportTotal Total(string[] by, MoverTable table)
    {
        decimal Sum(Func<MoverRow, decimal> of) => table.Rows.Sum(of);
        return new ReportTotal(
        [
            .. by.Select(_ => (object?)null), Usd(Sum(r => r.Group.Before.CostUsd)), Usd(Sum(r => r.Group.After.CostUsd)), Usd(Sum(r => r.ChangeUsd)),
            Usd(table.Split.VolumeUsd), Usd(table.Split.MixUsd), Usd(table.Split.SizeUsd), Usd(table.Split.CacheUsd), Usd(table.Split.PriceUsd), Usd(table.Split.LeversUsd),
            table.Rows.Sum(r => r.Group.Before.Calls), table.Rows.Sum(r => r.Group.After.Calls), table.UnpricedBefore, table.UnpricedAfter,
        ]);
    }

    private static IEnumerable<string> Notes(MoverTable table)
    {
        if (table.Rows.Count == 0)
            yield return "There are no such calls in either period.";
        if (table.UnpricedBefore + table.UnpricedAfter is > 0 and var unpriced)
            yield return string.Create(CultureInfo.InvariantCulture, $"The cost of {unpriced:#,0} calls is not known, and in no amount.");
    }

    private static Money Usd(decimal amount) => Money.FromUsd(decimal.Round(amount, DecimalsShown));

    private static string Days(SeriesRange range, ReportQuestion question) => $"{TimeSpot.Day(range.From, question.Clock.Zone)} to {TimeSpot.Day(range.To, question.Clock.Zone)}";

    private static string NameOf(IReadOnlyList<string> group) => string.Concat(group.Select(v => $"{v.Length}:{v}"));
}
