using System.CommandLine;
using System.Text;
using Sluice.Commands.Import;
using Sluice.Core;
using Sluice.Insights.Conformance;
using Sluice.Insights.Exports;
using Sluice.Reports;

namespace Sluice.Commands.Focus;

/// <summary><c>sluice focus export</c>: writes the ledger or the imported bills as a FOCUS file.</summary>
internal static class ExportCommand
{
    private const int ShownLeftOut = 10;

    public static Command Create(TimeProvider time)
    {
        var from = CommonOptions.Moment("--from", "First day (UTC).");
        from.Required = true;
        var to = CommonOptions.Moment("--to", "First day no longer in it.");
        to.Required = true;
        var version = new Option<string>("--version") { Description = "1.2 or 1.4.", DefaultValueFactory = _ => FocusVersion.V14.Name() };
        version.AcceptOnlyFromAmong(FocusVersion.V12.Name(), FocusVersion.V14.Name());
        var basis = new Option<string>("--basis") { Description = "metered: what the gateway recorded; billed: what was imported.", DefaultValueFactory = _ => "metered" };
        basis.AcceptOnlyFromAmong("metered", "billed");
        var by = new Option<string>("--by") { Description = "A row an hour or a day; bills are kept by day.", DefaultValueFactory = _ => "day" };
        by.AcceptOnlyFromAmong("hour", "day");
        var account = new Option<string>("--account") { Description = "What metered rows call the account that is billed, which the ledger doesn't know.", DefaultValueFactory = _ => "sluice-ledger" };
        var output = new Option<string?>("--out") { Description = "The file. Default: standard output." };
        var data = CommonOptions.Data();
        var command = new Command("export", """
            Write what calls cost as a FOCUS file. What has no known cost can't be in one, as FOCUS knows no such thing and 0 would be
            wrong: it is named on standard error, and the exit code is 1.

            Examples:
              sluice focus export --from 2026-11-01 --to 2026-12-01 --out november.csv
              sluice focus export --from 2026-11-01 --to 2026-12-01 --basis billed --version 1.2
            """)
        { from, to, version, basis, by, account, output, data };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (first, end) = (Day(parsed.GetValue(from)!.Value), Day(parsed.GetValue(to)!.Value));
            if (end <= first)
            {
                await Console.Error.WriteLineAsync($"--to {end:yyyy-MM-dd} is not behind --from {first:yyyy-MM-dd}; --to is the first day no longer in it.");
                return ExitCode.WrongUsage;
            }
            var chosen = FocusVersions.TryParse(parsed.GetValue(version)!, out var known) ? known : FocusVersion.V14;
            var leftOut = new List<LeftOut>();
            var directory = parsed.GetValue(data)!;
            if (parsed.GetValue(basis) == "billed")
            {
                using var store = DataDirectory.ExistingBills(directory, time);
                Write(parsed.GetValue(output), chosen, BilledCharges.Read(store.Days(first, end), leftOut));
            }
            else
            {
                using var ledger = await DataDirectory.LedgerAsync(directory, cancellationToken);
                Write(parsed.GetValue(output), chosen, MeteredCharges.Read(ledger, first, end, parsed.GetValue(by) == "hour", parsed.GetValue(account)!, leftOut));
            }
            return Report(leftOut);
        });
        return command;
    }

    private static void Write(string? file, FocusVersion version, IEnumerable<FocusCharge> charges)
    {
        if (file is null)
        {
            Write(Console.Out, version, charges);
            return;
        }
        // The file is there whole or not at all.
        var part = file + ".part";
        using (var text = new StreamWriter(part, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
            Write(text, version, charges);
        File.Move(part, file, overwrite: true);
    }

    private static void Write(TextWriter output, FocusVersion version, IEnumerable<FocusCharge> charges)
    {
        using var writer = new FocusWriter(output, version);
        foreach (var charge in charges)
            writer.Write(charge);
    }

    private static int Report(List<LeftOut> leftOut)
    {
        if (leftOut.Count == 0)
            return ExitCode.Ok;
        Console.Error.WriteLine($"{Counted.Of(leftOut.Count, "row")} {Counted.Word(leftOut.Count, "has", "have")} no known cost and {Counted.Word(leftOut.Count, "is", "are")} not in the file; 0 would be wrong:");
        foreach (var row in leftOut.Take(ShownLeftOut))
            Console.Error.WriteLine($"  {row.Day:yyyy-MM-dd HH:mm} {row.What}: {row.Quantity:#,0.###}, {row.Reason}");
        if (leftOut.Count > ShownLeftOut)
            Console.Error.WriteLine($"  and {leftOut.Count - ShownLeftOut:#,0} more");
        return ExitCode.No;
    }

    private static DateOnly Day(DateTimeOffset moment) => DateOnly.FromDateTime(moment.UtcDateTime);
}
