using System.CommandLine;
using System.Globalization;
using Sluice.Commands.Quality;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Core.Savings;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Watching;
using Sluice.Output;

namespace Sluice.Commands.Savings;

/// <summary><c>sluice savings</c>: what levers claim to have saved, and what the control group shows of it.</summary>
public static class SavingsCommand
{
    public static Command Create()
    {
        var by = new Option<string>("--by") { Description = "lever (the default), app, task, team or any other tag.", DefaultValueFactory = _ => "lever" };
        var from = CommonOptions.Moment("--from", "Only calls that started at this moment or later.");
        var to = CommonOptions.Moment("--to", "Only calls that started before this moment.");
        var data = CommonOptions.Data();
        var format = CommonOptions.Format();
        var command = new Command("savings", """
            Show what each lever saved. The parts add up to baseline minus cost exactly; what rests on an estimate or is not
            known is shown as such. By lever, each claim is held against the control group with a 95 % interval, and one that
            lies outside is flagged.

            Examples:
              sluice savings
              sluice savings --by app --from 2026-11-01
              sluice savings --format json
            """)
        { by, from, to, data, format };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var ledger = await LedgerAccess.OpenAsync(parsed.GetValue(data)!, cancellationToken);
            var group = parsed.GetValue(by)!;
            var book = SavingsBook.Of(ledger.Export(parsed.GetValue(from), parsed.GetValue(to)), TagOf(group));
            var chosen = parsed.GetValue(format);
            if (chosen != OutputFormat.Table)
            {
                ForMachines(group, book).Write(Console.Out, chosen);
                return ExitCode.Ok;
            }
            (TagOf(group) is null ? ByLeverForPeople(book) : ByGroupForPeople(group, book)).Write(Console.Out, chosen);
            Explain(book);
            foreach (var alert in QualityListing.Alerts(QualityBook.Read(parsed.GetValue(data)!)))
                Console.WriteLine(alert);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>The tag that a report is split by; null for one by lever.</summary>
    internal static string? TagOf(string by) => by == "lever" ? null : by;

    internal static Listing ForMachines(string by, SavingsBook book) => TagOf(by) is { } tag ? ByGroup(tag, book) : ByLever(book);

    /// <summary>One row for each lever in the order of the pipeline, and one for all together.</summary>
    private static Listing ByLever(SavingsBook book)
    {
        var table = new Listing("lever", "calls", "saving_usd", "estimated_usd", "unknown_calls", "shadow_usd", "measured_usd", "low_usd", "high_usd", "basis", "verdict");
        var report = book.Compare();
        foreach (var lever in LeverNames.All.Select(l => l.Name()))
        {
            if (book.All.Levers.GetValueOrDefault(lever) is not { } saving)
                continue;
            var compared = report.Levers.FirstOrDefault(l => l.Lever == lever);
            table.Add(
                lever, saving.Calls, saving.Saving, saving.Estimated, saving.UnknownCalls, saving.ShadowSaving,
                Usd(compared?.Measured?.Usd), Usd(compared?.Measured?.LowUsd), Usd(compared?.Measured?.HighUsd),
                compared?.Measured is null ? null : compared.Basis == MeasurementBasis.OwnControl ? "own control" : "others as claimed", Word(compared?.Verdict));
        }
        var all = report.All;
        var estimated = book.All.Levers.Values.Aggregate(Money.Zero, (sum, l) => sum + l.Estimated);
        table.Add(
            "all", book.All.Calls, book.All.Saved, estimated, book.All.UnknownCalls, null,
            Usd(all.Measured?.Usd), Usd(all.Measured?.LowUsd), Usd(all.Measured?.HighUsd), all.Measured is null ? null : "control group", Word(all.Verdict));
        return table;
    }

    /// <summary>The same in fewer columns, so that it fits a terminal.</summary>
    private static Listing ByLeverForPeople(SavingsBook book)
    {
        var table = new Listing("lever", "calls", "claimed", "estimated", "control shows (95 %)", "verdict");
        var report = book.Compare();
        foreach (var lever in LeverNames.All.Select(l => l.Name()))
        {
            if (book.All.Levers.GetValueOrDefault(lever) is not { } saving)
                continue;
            if (saving.ShadowCalls > 0)
                table.Add($"{lever} (shadow)", saving.ShadowCalls, saving.ShadowSaving, null, null, "changed nothing");
            if (saving.Calls == 0)
                continue;
            var compared = report.Levers.FirstOrDefault(l => l.Lever == lever);
            table.Add(lever, saving.Calls, saving.Saving, saving.Estimated, Interval(compared?.Measured), Word(compared?.Verdict));
        }
        var estimated = book.All.Levers.Values.Aggregate(Money.Zero, (sum, l) => sum + l.Estimated);
        table.AddTotal(["all", book.All.Calls, book.All.Saved, estimated, Interval(report.All.Measured), Word(report.All.Verdict)], r => !((string)r[0]!).EndsWith("(shadow)", StringComparison.Ordinal));
        return table;
    }

    private static Listing ByGroupForPeople(string name, SavingsBook book)
    {
        var table = new Listing(name, "calls", "baseline", "saved", "cost", "saved %");
        foreach (var (group, tally) in book.ByGroup)
            table.Add(Row(group.Length == 0 ? "(none)" : group, tally));
        table.AddTotal(Row("total", book.All));
        return table;

        static object?[] Row(string title, SavingsTally tally) =>
            [title, tally.Calls, tally.Baseline, tally.Saved, tally.Cost, tally.Baseline == Money.Zero ? null : Math.Round(100 * tally.Saved.Usd / tally.Baseline.Usd, 1)];
    }

    private static string? Interval(UsdEstimate? estimate) => estimate is { } usd
        ? string.Create(CultureInfo.InvariantCulture, $"{usd.Usd:#,0.00} [{usd.LowUsd:#,0.00}, {usd.HighUsd:#,0.00}]")
        : null;

    private static Listing ByGroup(string name, SavingsBook book)
    {
        var table = new Listing(name, "calls", "control_calls", "unknown_calls", "baseline_usd", "saving_usd", "cost_usd", "saved_percent");
        foreach (var (group, tally) in book.ByGroup)
            Add(group.Length == 0 ? "(none)" : group, tally);
        Add("total", book.All);
        return table;

        void Add(string title, SavingsTally tally) => table.Add(
            title, tally.Calls, tally.ControlCalls, tally.UnknownCalls, tally.Baseline, tally.Saved, tally.Cost,
            tally.Baseline == Money.Zero ? null : Math.Round(100 * tally.Saved.Usd / tally.Baseline.Usd, 1));
    }

    private static void Explain(SavingsBook book)
    {
        var all = book.All;
        Terminal.WriteText(Console.Out, $"In USD. Baseline {Listing.ForPeople(all.Baseline)}, cost {Listing.ForPeople(all.Cost)}, saved {Listing.ForPeople(all.Saved)}. {all.ControlCalls:#,0} of {all.Calls:#,0} calls were left alone as the control group.");
        if (all.UnknownCalls > 0)
            Console.WriteLine($"{all.UnknownCalls:#,0} calls have no known baseline or cost and are in no sum.");
        if (book.Control.Calls == 0)
            return;
        Terminal.WriteText(Console.Out, "Quality of the answers, treated against control (held: refused by model or guardrail; again: sent again by the caller):");
        var table = new Listing("arm", "calls", "cut %", "error %", "held %", "again %", "retry %", "tokens");
        foreach (var arm in (ReadOnlySpan<ArmQuality>)[book.Treated, book.Control])
            table.Add(arm.Arm, arm.Calls, Percent(arm.Truncated, arm), Percent(arm.Errors, arm), Percent(arm.HeldBack, arm), Percent(arm.Repeated, arm), Percent(arm.Retried, arm), arm.Measured == 0 ? null : Math.Round(arm.OutputTokens / (decimal)arm.Measured, 1));
        table.Write(Console.Out, OutputFormat.Table);
    }

    private static decimal? Percent(long part, ArmQuality arm) => arm.Calls == 0 ? null : Math.Round(100m * part / arm.Calls, 2);

    /// <summary>An estimate has no more than its own precision: cents of a cent are enough.</summary>
    private static decimal? Usd(double? estimate) => estimate is { } usd ? decimal.Round((decimal)usd, 6) : null;

    private static string? Word(ClaimVerdict? verdict) => verdict switch
    {
        ClaimVerdict.Confirmed => "confirmed",
        ClaimVerdict.TooHigh => "CLAIM TOO HIGH",
        ClaimVerdict.TooLow => "claim too low",
        _ => "not measured",
    };
}
