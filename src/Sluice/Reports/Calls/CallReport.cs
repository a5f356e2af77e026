using System.Globalization;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Hosting;

namespace Sluice.Reports.Calls;

/// <summary>One call: what it was, what each kind of token cost by which price, what levers did, and each attempt.</summary>
internal sealed class CallReport : Report
{
    private static readonly ReportParameter<string> Id = new("id", "The invocation id, as in the x-sluice-invocation-id of a reply", (words, _) =>
        words is [{ Length: > 0 } id] ? id : throw new ReportMistakeException("id is missing; x-sluice-invocation-id of a reply names one."))
    {
        IsArgument = true,
        Form = "ID",
    };

    private static readonly ReportColumn[] Own =
    [
        new("invocation_id", ColumnType.Text, "The call's id"),
        new("started_at", ColumnType.Moment, "When it arrived"),
        new("key", ColumnType.Text, "The key that its caller proved; null for an anonymous one"),
        new("tags", ColumnType.Text, "Its tags as NAME=VALUE, with semicolons between"),
        new("operation", ColumnType.Text, "The API operation"),
        new("streamed", ColumnType.Flag, "Whether the reply was a stream"),
        new("requested_model", ColumnType.Text, "The model as the caller wrote it"),
        new("served_model", ColumnType.Text, "The base model that answered"),
        new("region", ColumnType.Text, "Region"),
        new("scope", ColumnType.Text, "in-region, or the geography of the inference profile"),
        new("tier", ColumnType.Text, "Service tier"),
        new("outcome", ColumnType.Text, "How it ended"),
        new("stop_reason", ColumnType.Text, "Why the model stopped"),
        new("error", ColumnType.Text, "The error that the caller got"),
        new("cost_usd", ColumnType.Usd, "Cost of all attempts; null if it is not known"),
        new("cost_unknown", ColumnType.Text, "Why the cost is not known"),
        new("estimated", ColumnType.Flag, "Whether a count was estimated"),
        new("usage_suspect", ColumnType.Text, "In what the report of its usage contradicts itself"),
        new("baseline_usd", ColumnType.Usd, "What it would have cost as its caller sent it"),
        new("saved_usd", ColumnType.Usd, "baseline_usd less cost_usd"),
        new("control", ColumnType.Flag, "Whether it is in the control group, which no lever touches"),
        new("ttft_ms", ColumnType.Milliseconds, "Time to the first byte of the reply's body"),
        new("duration_ms", ColumnType.Milliseconds, "Time to the reply's end"),
        new("request_bytes", ColumnType.Count, "Bytes of the request's body"),
        new("reply_bytes", ColumnType.Count, "Bytes of the reply's body"),
    ];

    private static readonly ReportColumn[] TokenColumns =
    [
        new("kind", ColumnType.Text, "What is counted"),
        new("count", ColumnType.Number, "How many"),
        new("price_usd", ColumnType.Number, "Price of so many as 'per' says"),
        new("per", ColumnType.Count, "How many the price is for"),
        new("cost_usd", ColumnType.Usd, "count times price_usd / per, over all attempts"),
        new("price_row", ColumnType.Text, "The row of the price book"),
        new("source", ColumnType.Text, "Who publishes the price"),
        new("source_date", ColumnType.Text, "When they did"),
    ];

    private static readonly ReportColumn[] DecisionColumns =
    [
        new("lever", ColumnType.Text, "The lever, or limit for a wait or a refusal by one"),
        new("saving_usd", ColumnType.Usd, "What it saved; null if that is not known"),
        new("estimated", ColumnType.Flag, "Whether the saving rests on an estimated count"),
        new("shadow", ColumnType.Flag, "Whether it changed nothing, and saving_usd is what it would have saved"),
        new("why", ColumnType.Text, "What it did, in words"),
    ];

    private static readonly ReportColumn[] AttemptColumns =
    [
        new("number", ColumnType.Count, "Counts from 1"),
        new("after_ms", ColumnType.Milliseconds, "From the call's arrival to the attempt"),
        new("upstream", ColumnType.Text, "Where it went"),
        new("model", ColumnType.Text, "The model as it was sent"),
        new("outcome", ColumnType.Text, "How it ended"),
        new("status", ColumnType.Count, "HTTP status; null if no reply came"),
        new("error", ColumnType.Text, "The upstream's error, or the transport's"),
        new("request_id", ColumnType.Text, "The upstream's request id"),
        new("cost_usd", ColumnType.Usd, "Cost; null if it is not known"),
        new("estimated_by", ColumnType.Text, "What the counts of an estimated usage rest on"),
        new("ttft_ms", ColumnType.Milliseconds, "From sending to the first byte of the reply's body"),
        new("duration_ms", ColumnType.Milliseconds, "From sending to the reply's end"),
    ];

    public override string Name => "call";

    public override string Summary => "One call, with tokens times price, what levers did, and attempts";

    public override string Help => """
        The id is the x-sluice-invocation-id of the reply, or one that 'sluice calls' lists.

        Examples:
          sluice call 01JDQ4T7P2Y3ZC5B8K9M0N1R2S
          sluice call 01JDQ4T7P2Y3ZC5B8K9M0N1R2S --format json
        """;

    public override IReadOnlyList<ReportColumn> Columns => Own;

    public override bool IsPaged => true;

    protected override IReadOnlyList<ReportParameter> OwnParameters { get; } = [Id, CommonParameters.TimeZone];

    protected override async Task<ReportTable> AnswerAsync(ReportQuestion question, ReportSources sources, CancellationToken cancellationToken)
    {
        var id = question.Get(Id);
        var record = (await sources.LedgerAsync(cancellationToken)).Find(id)
            ?? throw new CouldNotRunException($"There is no invocation '{PlainText.Of(id)}' in the ledger; x-sluice-invocation-id of a reply names one.");
        return new ReportTable(Own)
        {
            Rows = [Row(record)],
            Basis = "metered",
            Currency = "USD",
            From = record.StartedAt,
            To = record.StartedAt + TimeSpan.FromMilliseconds(record.DurationMs ?? 0),
            Sections =
            [
                new("tokens", "What was used, and its price:", new ReportTable(TokenColumns) { Rows = [.. Tokens(record, PriceBooks.Of(sources.Options.Prices))] }),
                new("decisions", "What levers and limits did:", new ReportTable(DecisionColumns) { Rows = [.. record.Decisions.Select(Decided)] }),
                new("attempts", "Attempts:", new ReportTable(AttemptColumns) { Rows = [.. record.Attempts.Select(a => Attempted(record, a))] }),
            ],
        };
    }

    private static object?[] Row(InvocationRecord record) =>
    [
        record.InvocationId, record.StartedAt, record.KeyId, string.Join(';', record.Tags.Select(t => $"{t.Key}={t.Value}")), record.Operation.Name(),
        record.Streamed, record.RequestedModel, record.ServedModel, record.Region, record.Scope.Name(), record.Tier.Name(), record.Outcome.Name(),
        record.StopReason, record.Error, record.Cost, record.CostUnknown, record.Usage?.Source == UsageSource.Estimated, record.UsageSuspect, record.Baseline,
        record is { Baseline: { } baseline, Cost: { } cost } ? baseline - cost : null, record.Control, Rounded(record.TtftMs), Rounded(record.DurationMs),
        record.RequestBytes, record.ReplyBytes,
    ];

    /// <summary>The price rows stand in the order of the costs by kind.</summary>
    private static IEnumerable<object?[]> Tokens(InvocationRecord record, PriceBook prices)
    {
        var rows = record.CostByKind.Keys.Zip(record.PriceRows).ToDictionary(r => r.First, r => r.Second);
        foreach (var kind in UsageKinds.All)
        {
            var count = record.Usage?.Count(kind) ?? 0;
            if (count == 0 && !record.CostByKind.ContainsKey(kind))
                continue;
            var id = rows.GetValueOrDefault(kind);
            var price = id is null ? null : prices.Rows.FirstOrDefault(r => r.Id == id);
            yield return
            [
                kind.Name(), count, price?.Usd, price?.Per, record.CostByKind.TryGetValue(kind, out var cost) ? cost : null, id, price?.Source,
                price?.SourceDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            ];
        }
    }

    private static object?[] Decided(Decision decision) => [decision.Lever, decision.Saving, decision.IsEstimated, decision.IsShadow, decision.Why];

    private static object?[] Attempted(InvocationRecord record, AttemptRecord attempt) =>
    [
        (long)attempt.Number, Rounded((attempt.StartedAt - record.StartedAt).TotalMilliseconds), attempt.Upstream, attempt.Model, attempt.Outcome.Name(),
        (long?)attempt.Status, attempt.Error, attempt.RequestId, attempt.Cost, attempt.EstimatedBy, Rounded(attempt.TtftMs), Rounded(attempt.DurationMs),
    ];

    private static double? Rounded(double? milliseconds) => milliseconds is { } ms ? Math.Round(ms, 1) : null;
}
