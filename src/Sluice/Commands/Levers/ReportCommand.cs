using System.CommandLine;
using Sluice.Gateway.Levers.Marking;
using Sluice.Output;

namespace Sluice.Commands.Levers;

/// <summary><c>sluice levers report</c>: what prompt-cache marking did, and where it had better be off.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var by = new Option<string>("--by") { Description = "key, model, or any tag, with commas between.", DefaultValueFactory = _ => "app,task,model" };
        var from = CommonOptions.Moment("--from", "Only calls that started at this moment or later.");
        var to = CommonOptions.Moment("--to", "Only calls that started before this moment.");
        var data = CommonOptions.Data();
        var format = CommonOptions.Format();
        var wide = CommonOptions.Wide();
        var command = new Command("report", """
            Show what prompt-cache marking did by the ledger: the share of input tokens that was read, the premium paid for
            writes, how much of it was wasted at least, what was saved net, and where to turn it off. The ledger doesn't tell
            which write was read by whom: a running gateway knows that, and why prompts that look alike don't repeat
            (GET /api/levers/marking).

            Examples:
              sluice levers report
              sluice levers report --by key,model --from 2026-11-01
              sluice levers report --format json
            """)
        { by, from, to, data, format, wide };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var ledger = await LedgerAccess.OpenAsync(parsed.GetValue(data)!, cancellationToken);
            var dimensions = MarkingListing.Dimensions(parsed.GetValue(by));
            var groups = MarkingListing.Groups(dimensions, ledger.Export(parsed.GetValue(from), parsed.GetValue(to)));
            var chosen = parsed.GetValue(format);
            if (chosen != OutputFormat.Table)
            {
                MarkingListing.OfLedger(dimensions, groups).Write(Console.Out, chosen);
                return ExitCode.Ok;
            }
            MarkingListing.ForPeople(dimensions, groups).Write(Console.Out, chosen, wide: parsed.GetValue(wide));
            Terminal.WriteText(Console.Out, "In USD, without the control group. Wasted is a lower bound: more may have been written that nobody read.");
            foreach (var (group, tally) in groups.Where(g => g.Tally.Verdict is MarkingVerdict.TurnOff or MarkingVerdict.Unsure))
                Terminal.WriteText(Console.Out, $"{string.Join(", ", group.Where(g => g.Length > 0))}: {tally.Reason}");
            return ExitCode.Ok;
        });
        return command;
    }
}
