using System.Globalization;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Watching;
using Sluice.Insights.Savings;
using Sluice.Output;
using Sluice.Reports.Watching;

namespace Sluice.Reports.Saving;

/// <summary>What levers claim to have saved, and what the control group shows of it.</summary>
internal sealed class SavingsReport : Report
{
    private const string ByLever = "lever";

    private static readonly ReportParameter<string> By = new("by", "lever, or a tag such as app, task or team", (words, _) => words is [{ Length: > 0 } word] ? word : ByLever)
    {
        Form = "NAME",
        Default = ByLever,
    };

    private static readonly ReportColumn[] LeverColumns =
    [
        new(ByLever, ColumnType.Text, "The lever"),
        new("calls", ColumnType.Count, "Calls that it changed or answered"),
        new("saving_usd", ColumnType.Usd, "What it claims to have saved, over the calls whose saving is known") { Heading = "claimed" },
        new("estimated_usd", ColumnType.Usd, "The part of saving_usd that rests on an estimated count") { Heading = "estimated" },
        new("unknown_calls", ColumnType.Count, "Calls whose saving is not known, and in no sum") { View = ColumnView.Programs },
        new("shadow_usd", ColumnType.Usd, "What it would have saved in shadow; in no other sum") { View = ColumnView.PeopleIfAny, Heading = "in shadow" },
        new("measured_usd", ColumnType.Number, "What the control group shows that it saved, in USD; null if that can't be told yet") { View = ColumnView.Programs },
        new("low_usd", ColumnType.Number, "Lower end of the 95 % interval of measured_usd") { View = ColumnView.Programs },
        new("high_usd", ColumnType.Number, "Upper end of the 95 % interval of measured_usd") { View = ColumnView.Programs },
        ReportColumn.Derive("control shows (95 %)", Interval),
        new("basis", ColumnType.Text, "What the measurement compares with") { View = ColumnView.Programs },
        new("verdict", ColumnType.Text, "Whether the claim lies in the interval"),
    ];

    private static readonly ReportColumn[] GroupColumns =
    [
        new("calls", ColumnType.Count, "Calls"),
        new("control_calls", ColumnType.Count, "Calls of the control group, which no lever touched") { View = ColumnView.Programs },
        new("unknown_calls", ColumnType.Count, "Calls without a known baseline or cost, and in no sum") { View = ColumnView.Programs },
        new("baseline_usd", ColumnType.Usd, "What the calls would have cost as their callers sent them") { Heading = "baseline" },
        new("saving_usd", ColumnType.Usd, "baseline_usd less cost_usd") { Heading = "saved" },
        new("cost_usd", ColumnType.Usd, "What they cost") { Heading = "cost" },
        new("saved_percent", ColumnType.Percent, "saving_usd of baseline_usd") { Heading = "saved %" },
    ];

    private static readonly ReportColumn[] ArmColumns =
    [
        new("arm", ColumnType.Text, "treated or control"),
        new("calls", ColumnType.Count, "Calls"),
        new("truncated_percent", ColumnType.Percent, "Replies cut off at the limit of tokens") { Heading = "cut %" },
        new("error_percent", ColumnType.Percent, "Calls that ended in an upstream error") { Heading = "error %" },
        new("refused_percent", ColumnType.Percent, "Replies that the model or a guardrail refused") { Heading = "held %" },
        new("repeated_percent", ColumnType.Percent, "Calls that their caller sent again within two minutes") { Heading = "again %" },
        new("retried_percent", ColumnType.Percent, "Calls that took more than one attempt") { Heading = "retry %" },
        new("output_tokens_mean", ColumnType.Number, "Output tokens of a measured call") { Heading = "tokens" },
    ];

    public override string Name => "savings";

    public override string Summary => "What each lever saved, and whether the control group confirms it";

    public override string Help => """
        The parts add up to baseline minus cost exactly; what rests on an estimate or is not known is shown as such. By
        lever, each claim is compared with the control group's 95 % interval, and one outside of it is flagged.

        Examples:
          sluice savings
          sluice savings --by app --from 2026-11-01
          sluice savings --format json
        """;

    public override IReadOnlyList<ReportColumn> Columns => LeverColumns;

    public override bool NamesModels => false;

    protected override IReadOnlyList<ReportParameter> OwnParameters { get; } = [By, CommonParameters.From, CommonParameters.To, CommonParameters.TimeZone];

    protected override async Task<ReportTable> AnswerAsync(ReportQuestion question, ReportSources sources, CancellationToken cancellationToken)
    {
        var by = question.Get(By);
        var ledger = await sources.LedgerAsync(cancellationToken);
        var (from, to) = (question.Get(CommonParameters.From), question.Get(CommonParameters.To));
        var summary = SavingsSummary.Of(ledger.Export(from, to), by == ByLever ? null : by);
        var entries = sources.Live?.Quality.Entries ?? QualityBook.Read(sources.DataDirectory);
        return (by == ByLever ? OfLevers(summary) : OfGroups(by, summary)) with
        {
            Basis = "metered",
            Currency = "USD",
            From = from,
            To = to,
            CompleteUntil = question.Clock.Now,
            Remarks = [.. Remarks(summary)],
            Notes = [.. QualityReport.Suspended(entries)],
            Sections = summary.Control.Calls == 0 ? [] : [Arms(summary)],
        };
    }

    /// <summary>One row for each lever in the order of the pipeline, and one for all together.</summary>
    private static ReportTable OfLevers(SavingsSummary summary)
    {
        var report = summary.Compare();
        var rows = new List<object?[]>();
        foreach (var lever in LeverNames.All.Select(l => l.Name()))
        {
            if (summary.All.Levers.GetValueOrDefault(lever) is not { } saving)
                continue;
            var compared = report.Levers.FirstOrDefault(l => l.Lever == lever);
            rows.Add(
            [
                lever, saving.Calls, saving.Saving, saving.Estimated, saving.UnknownCalls, saving.ShadowSaving,
                Usd(compared?.Measured?.Usd), Usd(compared?.Measured?.LowUsd), Usd(compared?.Measured?.HighUsd),
                compared?.Measured is null ? null : compared.Basis == MeasurementBasis.OwnControl ? "own control" : "others as claimed",
                saving is { Calls: 0, ShadowCalls: > 0 } ? "changed nothing" : Word(compared?.Verdict),
            ]);
        }
        var all = report.All;
        var estimated = summary.All.Levers.Values.Aggregate(Money.Zero, (sum, l) => sum + l.Estimated);
        object?[] total =
        [
            "all", summary.All.Calls, summary.All.Saved, estimated, summary.All.UnknownCalls, null,
            Usd(all.Measured?.Usd), Usd(all.Measured?.LowUsd), Usd(all.Measured?.HighUsd), all.Measured is null ? null : "control group", Word(all.Verdict),
        ];
        return new ReportTable(LeverColumns) { Rows = rows, Totals = [new ReportTotal(total) { Title = "all", InCsv = "all" }] };
    }

    private static ReportTable OfGroups(string name, SavingsSummary summary)
    {
        var group = new ReportColumn(name, ColumnType.Text, $"The {name} tag; (none) for calls without one");
        return new ReportTable([group, .. GroupColumns])
        {
            Rows = [.. summary.ByGroup.Select(g => Row(g.Key.Length == 0 ? "(none)" : g.Key, g.Value))],
            Totals = [new ReportTotal(Row("total", summary.All)) { InCsv = "total" }],
        };

        static object?[] Row(string? title, SavingsTally tally) =>
        [
            title, tally.Calls, tally.ControlCalls, tally.UnknownCalls, tally.Baseline, tally.Saved, tally.Cost,
            tally.Baseline == Money.Zero ? null : Math.Round(100 * tally.Saved.Usd / tally.Baseline.Usd, 1),
        ];
    }

    private static ReportSection Arms(SavingsSummary summary) => new(
        "arms",
        "Quality of the answers, treated against control (held: refused by model or guardrail; again: sent again by the caller):",
        new ReportTable(ArmColumns) { Rows = [ArmRow(summary.Treated), ArmRow(summary.Control)] });

    private static object?[] ArmRow(ArmQuality arm) =>
    [
        arm.Arm, arm.Calls, Percent(arm.Truncated, arm), Percent(arm.Errors, arm), Percent(arm.HeldBack, arm), Percent(arm.Repeated, arm),
        Percent(arm.Retried, arm), arm.Measured == 0 ? null : Math.Round(arm.OutputTokens / (decimal)arm.Measured, 1),
    ];

    private static IEnumerable<string> Remarks(SavingsSummary summary)
    {
        var all = summary.All;
        yield return $"In USD. Baseline {Listing.ForPeople(all.Baseline)}, cost {Listing.ForPeople(all.Cost)}, saved {Listing.ForPeople(all.Saved)}. "
            + string.Create(CultureInfo.InvariantCulture, $"{all.ControlCalls:#,0} of {all.Calls:#,0} calls were left alone as the control group.");
        if (all.UnknownCalls > 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"{all.UnknownCalls:#,0} calls have no known baseline or cost and are in no sum.");
    }

    private static object? Interval(ReportRow row) => row["measured_usd"] is decimal usd
        ? string.Create(CultureInfo.InvariantCulture, $"{usd:#,0.00} [{row["low_usd"]:#,0.00}, {row["high_usd"]:#,0.00}]")
        : null;

    private static decimal? Percent(long part, ArmQuality arm) => arm.Calls == 0 ? null : Math.Round(100m * part / arm.Calls, 2);

    /// <summary>An estimate has no more than its own precision: cents of a cent are enough.</summary>
    private static decimal? Usd(double? estimate) => estimate is { } usd ? decimal.Round((decimal)usd, 6) : null;

    private static string Word(ClaimVerdict? verdict) => verdict switch
    {
        ClaimVerdict.Confirmed => "confirmed",
        ClaimVerdict.TooHigh => "CLAIM TOO HIGH",
        ClaimVerdict.TooLow => "claim too low",
        _ => "not measured",
    };
}
