using System.Globalization;
using Sluice.Core;
using Sluice.Ledger.Queries;
using Sluice.Reports.OverTime;
using Sluice.Reports.Spending;

namespace Sluice.Reports.Calls;

/// <summary>Single calls, newest first, a page at a time.</summary>
internal sealed class CallsReport : Report
{
    private const int DefaultLimit = 50;
    private const int MostLimit = CallsQuery.MaxLimit - 1;

    private static readonly ReportParameter<bool> Unpriced = CommonParameters.Flag("unpriced", "Only calls whose cost is not known");

    private static readonly ReportParameter<bool> Estimated = CommonParameters.Flag("estimated", "Only calls of which a count was estimated");

    private static readonly ReportParameter<bool> Suspect = CommonParameters.Flag("suspect", "Only calls whose report of usage contradicts itself");

    private static readonly ReportParameter<decimal?> MinCost = new("min_cost", "Only calls that cost at least so many dollars", ReadMinCost) { Form = "USD" };

    private static readonly ReportParameter<int> Limit = new("limit", "At most so many calls", ReadLimit) { Form = "N", Default = "50" };

    private static readonly ReportParameter<string?> Cursor = new("cursor", "Where the last answer ended: its next_cursor", (words, _) => words is [{ Length: > 0 } word] ? word : null) { Form = "CURSOR" };

    private static readonly ReportColumn[] All =
    [
        new("invocation_id", ColumnType.Text, "The call's id, for 'sluice call'"),
        new("started_at", ColumnType.Moment, "When it arrived"),
        new("key", ColumnType.Text, "The key that its caller proved; empty for an anonymous one") { View = ColumnView.Programs },
        new("app", ColumnType.Text, "App tag") { ForPeople = v => v is "" ? "(none)" : v },
        new("model", ColumnType.Text, "The model that answered, or was asked for"),
        new("operation", ColumnType.Text, "The API operation") { View = ColumnView.Programs },
        new("outcome", ColumnType.Text, "How it ended"),
        new("error", ColumnType.Text, "The error; empty if there was none") { View = ColumnView.PeopleIfAny },
        new("status", ColumnType.Text, "HTTP status of the last attempt; empty if no reply came") { View = ColumnView.Programs },
        new("input_tokens", ColumnType.Tokens, "Input tokens, cached ones included") { Heading = "input" },
        new("output_tokens", ColumnType.Tokens, "Output tokens") { Heading = "output" },
        new("cost_usd", ColumnType.Usd, "Cost; null if it is not known") { Heading = "cost USD" },
        new("estimated", ColumnType.Flag, "Whether a count was estimated") { View = ColumnView.PeopleIfAny },
        new("suspect", ColumnType.Flag, "Whether the report of its usage contradicts itself") { View = ColumnView.PeopleIfAny },
        new("duration_ms", ColumnType.Milliseconds, "Time to the reply's end") { Heading = "ms" },
        new("ttft_ms", ColumnType.Milliseconds, "Time to the first byte of the reply's body") { View = ColumnView.Programs },
    ];

    public override string Name => "calls";

    public override string Summary => "Single calls, newest first, by any filter";

    public override string Help => """
        Filters: app, team, task, environment, key, model, operation, region, scope, tier, outcome, error, status and tag:NAME.

        Examples:
          sluice calls --where outcome=upstream_error --from 24h
          sluice calls --where app=chat,model=*opus* --min-cost 0.5
          sluice calls --unpriced --format csv
        """;

    public override IReadOnlyList<ReportColumn> Columns => All;

    public override bool IsPaged => true;

    protected override IReadOnlyList<ReportParameter> OwnParameters { get; } =
        [MeteredGroups.Where, CommonParameters.From, CommonParameters.To, Unpriced, Estimated, Suspect, MinCost, Limit, Cursor, CommonParameters.TimeZone];

    protected override async Task<ReportTable> AnswerAsync(ReportQuestion question, ReportSources sources, CancellationToken cancellationToken)
    {
        var (from, to, limit) = (question.Get(CommonParameters.From), question.Get(CommonParameters.To), question.Get(Limit));
        var ledger = await sources.LedgerAsync(cancellationToken);
        var rows = ledger.Calls(new CallsQuery
        {
            From = from,
            To = to,
            Filters = question.Get(MeteredGroups.Where),
            Unpriced = question.Get(Unpriced) ? true : null,
            Estimated = question.Get(Estimated) ? true : null,
            Suspect = question.Get(Suspect) ? true : null,
            MinCost = question.Get(MinCost) is { } usd ? Money.FromUsd(usd) : null,
            Before = question.Get(Cursor) is { } cursor ? PageCursor.Read(cursor, question) : null,
            // One more tells whether there are more.
            Limit = limit + 1,
        });
        var shown = rows.Take(limit).ToList();
        return new ReportTable(All)
        {
            Rows = [.. shown.Select(Row)],
            Basis = "metered",
            Currency = "USD",
            From = from,
            To = to,
            CompleteUntil = question.Clock.Now,
            Notes = shown.Count == 0 ? [question.Says(Cursor) ? "There are no more calls." : NothingFound.Calls(ledger, question.Get(MeteredGroups.Where), from, to)] : [],
            NextCursor = rows.Count > limit ? PageCursor.Write(shown[^1].Cursor, question) : null,
        };
    }

    private static object?[] Row(CallRow call) =>
    [
        call.InvocationId, call.StartedAt, call.Key, call.App, call.Model, call.Operation, call.Outcome, call.Error, call.Status, call.InputTokens, call.OutputTokens,
        call.Cost, call.IsEstimated, call.IsSuspect, Rounded(call.DurationMs), Rounded(call.TtftMs),
    ];

    private static double? Rounded(double? milliseconds) => milliseconds is { } ms ? Math.Round(ms, 1) : null;

    private static decimal? ReadMinCost(IReadOnlyList<string> words, ReportClock clock)
    {
        if (words is [])
            return null;
        return decimal.TryParse(words[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var usd) && usd <= 1_000_000_000
            ? usd
            : throw new ReportMistakeException($"min_cost '{PlainText.Of(words[0])}' is no amount; write dollars, such as 0.25.");
    }

    private static int ReadLimit(IReadOnlyList<string> words, ReportClock clock)
    {
        if (words is [])
            return DefaultLimit;
        return int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is > 0 and <= MostLimit
            ? limit
            : throw new ReportMistakeException($"limit '{PlainText.Of(words[0])}' must be a whole number from 1 to {MostLimit}.");
    }
}
