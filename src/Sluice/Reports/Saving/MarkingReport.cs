using Sluice.Core;
using Sluice.Gateway.Levers.Marking;

namespace Sluice.Reports.Saving;

/// <summary>What prompt-cache checkpoints did, and where they had better be off.</summary>
internal sealed class MarkingReport : Report
{
    private static readonly string[] DefaultBy = ["app", "task", "model"];

    private static readonly ReportParameter<string[]> By = new("by", "key, model, or any tag, with commas between", (words, _) => Dimensions.Split(words) is { Length: > 0 } by ? by : DefaultBy)
    {
        IsList = true,
        Form = "NAME,...",
        Default = "app,task,model",
    };

    private static readonly ReportColumn[] Own =
    [
        new("calls", ColumnType.Count, "Calls, without those of the control group"),
        new("marked_calls", ColumnType.Count, "Calls that were given cache checkpoints") { View = ColumnView.Programs },
        new("unknown_calls", ColumnType.Count, "Calls without a known usage or price") { View = ColumnView.Programs },
        new("input_tokens", ColumnType.Tokens, "All input tokens") { View = ColumnView.Programs },
        new("read_tokens", ColumnType.Tokens, "Of them, read from the cache") { View = ColumnView.Programs },
        new("hit_percent", ColumnType.Percent, "read_tokens of input_tokens") { Heading = "hit %" },
        new("write_tokens", ColumnType.Tokens, "Tokens written to the cache") { View = ColumnView.Programs },
        new("wasted_tokens_at_least", ColumnType.Tokens, "Written tokens that were not read, at least") { View = ColumnView.Programs },
        new("premium_usd", ColumnType.Usd, "What writes cost more than plain input") { View = ColumnView.Programs },
        new("wasted_usd_at_least", ColumnType.Usd, "The premium of tokens that were not read, at least") { Heading = "wasted" },
        new("net_saving_usd", ColumnType.Usd, "What reads saved, less the premium of writes") { Heading = "saved" },
        new("verdict", ColumnType.Text, "Whether marking pays here"),
        new("reason", ColumnType.Text, "Why, in a sentence") { View = ColumnView.Programs },
    ];

    private static readonly ReportColumn[] LearnedColumns = Texts(
        "key", "app", "model", "upstream", "profile", "calls", "input_tokens", "read_tokens", "hit_percent", "write_tokens", "wasted_tokens", "cost_percent", "verdict", "reason");

    private static readonly ReportColumn[] AdviceColumns = Texts(
        "key", "app", "model", "upstream", "profile", "kind", "where", "from_byte", "to_byte", "calls", "tokens", "monthly_usd", "is_estimated", "first_seen", "last_seen", "fix");

    public override string Name => "marking";

    public override string Summary => "What prompt-cache marking read, wrote, wasted and saved, and where to turn it off";

    public override string Help => """
        The share of input tokens that was read, the premium paid for writes, how much of it was wasted at least, what was
        saved net, and where to turn it off. The ledger doesn't record which write was read by whom: a running gateway knows
        that, and why prompts that look alike don't repeat (GET /api/levers/marking).

        Examples:
          sluice levers report
          sluice levers report --by key,model --from 2026-11-01
          sluice levers report --format json
        """;

    public override IReadOnlyList<ReportColumn> Columns => Own;

    protected override IReadOnlyList<ReportParameter> OwnParameters { get; } = [By, CommonParameters.From, CommonParameters.To, CommonParameters.TimeZone];

    protected override async Task<ReportTable> AnswerAsync(ReportQuestion question, ReportSources sources, CancellationToken cancellationToken)
    {
        var by = question.Get(By);
        var (from, to) = (question.Get(CommonParameters.From), question.Get(CommonParameters.To));
        var ledger = await sources.LedgerAsync(cancellationToken);
        var groups = MarkingGroups.Of(by, ledger.Export(from, to));
        return new ReportTable([.. by.Select(ReportColumn.Group), .. Own])
        {
            Rows = [.. groups.Select(Row)],
            Basis = "metered",
            Currency = "USD",
            From = from,
            To = to,
            CompleteUntil = question.Clock.Now,
            Remarks = [.. Remarks(groups)],
            Sections = sources.Live is { } live ? Sections(live.Compiler.Prefixes) : [],
        };
    }

    private static object?[] Row(MarkingGroup group)
    {
        var tally = group.Tally;
        return
        [
            .. group.Values, tally.Calls, tally.MarkedCalls, tally.UnknownCalls, tally.InputTokens, tally.ReadTokens, Percent(tally.HitShare), tally.WriteTokens,
            tally.WastedTokensAtLeast, tally.Premium, tally.WastedAtLeast, tally.NetSaving, Word(tally.Verdict), tally.Reason,
        ];
    }

    private static IEnumerable<string> Remarks(IReadOnlyList<MarkingGroup> groups) => groups
        .Where(g => g.Tally.Verdict is MarkingVerdict.TurnOff or MarkingVerdict.Unsure)
        .Select(g => $"{string.Join(", ", g.Values.Where(v => v.Length > 0))}: {g.Tally.Reason}")
        .Prepend("In USD, without the control group. Wasted is a lower bound: more may have been written that was never read.");

    /// <summary>What the running process has seen since it started, for programs.</summary>
    private static ReportSection[] Sections(PrefixLearner learner) =>
    [
        new("learned", Title: null, new ReportTable(LearnedColumns) { Rows = [.. Learned(learner.Reports())] }),
        new("advice", Title: null, new ReportTable(AdviceColumns) { Rows = [.. learner.Advice().Select(Advice)] }),
    ];

    private static IEnumerable<object?[]> Learned(IReadOnlyList<KeyValuePair<CachePartition, Gateway.Levers.Marking.MarkingReport>> reports) => reports
        .OrderByDescending(r => r.Value.InputTokens).ThenBy(r => r.Key.ToString(), StringComparer.Ordinal)
        .Select(r => (object?[])
        [
            r.Key.Tenant, r.Key.App, r.Key.Model, r.Key.Region, r.Key.Profile, r.Value.Calls, r.Value.InputTokens, r.Value.ReadTokens,
            Percent(r.Value.HitShare), r.Value.ShortWriteTokens + r.Value.HourWriteTokens, r.Value.WastedTokens, Percent(r.Value.CostRatio),
            Word(r.Value.Verdict), r.Value.Advice,
        ]);

    internal static object?[] Advice(PrefixAdvice item)
    {
        var partition = item.Partition;
        return
        [
            partition.Tenant, partition.App, partition.Model, partition.Region, partition.Profile, item.Kind, item.Where, (long)item.FromByte, (long)item.ToByte,
            item.Calls, item.Tokens, item.MonthlyCost is { } cost ? Money.FromUsd(decimal.Round(cost.Usd, 2)) : null, true, item.FirstSeen, item.LastSeen, item.Fix,
        ];
    }

    private static ReportColumn[] Texts(params string[] names) => [.. names.Select(n => new ReportColumn(n, ColumnType.Text, n.Replace('_', ' ')))];

    private static decimal Percent(decimal share) => decimal.Round(100 * share, 2);

    private static string Word(MarkingVerdict verdict) => verdict switch
    {
        MarkingVerdict.TooEarly => "too early",
        MarkingVerdict.Pays => "pays",
        MarkingVerdict.FindsNothing => "finds nothing",
        MarkingVerdict.Unsure => "unsure",
        MarkingVerdict.TurnOff => "TURN OFF HERE",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, null),
    };
}
