using System.CommandLine;
using Sluice.Commands.Import;
using Sluice.Insights.Spend;
using Sluice.Ledger.Queries;
using Sluice.Output;

namespace Sluice.Commands.Spend;

/// <summary><c>sluice spend</c>: what calls cost, by whatever they are tagged with, as the gateway metered them or as bills have them.</summary>
public static class SpendCommand
{
    public static Command Create(TimeProvider time)
    {
        var basis = SpendBasis.Option("What to read: metered, the ledger's calls (the default), or billed, what was imported.");
        var by = new Option<string[]>("--by")
        {
            Description = $"What to sum by, in order. Metered: {string.Join(", ", SpendQuery.Dimensions)}, tag:NAME (app,model when not said). Billed: {string.Join(", ", BillDimensions.Names)}, tag:NAME (provider,model when not said).",
            AllowMultipleArgumentsPerToken = true,
        };
        var where = new Option<string[]>("--where") { Description = "Only what has NAME=VALUE, of the same names; several values with commas, * at the end for any rest.", AllowMultipleArgumentsPerToken = true };
        by.CompletionSources.Add(context => SpendFilter.Completions(context.WordToComplete, suffix: ""));
        where.CompletionSources.Add(context => SpendFilter.Completions(context.WordToComplete, suffix: "="));
        var from = CommonOptions.Moment("--from", "First moment (UTC); whole hours are summed.");
        var to = CommonOptions.Moment("--to", "First moment no longer in it.");
        var cost = SpendBasis.CostOption();
        var all = new Option<bool>("--all-services") { Description = "Billed: also what is no generative AI, labelled so." };
        var related = new Option<bool>("--related") { Description = "Billed: also services that carry the AI workloads, by service and shared tags." };
        var data = CommonOptions.Data();
        var format = CommonOptions.Format();
        var wide = CommonOptions.Wide();
        var command = new Command("spend", """
            Show what calls cost. What has no known cost is counted and never summed as 0; estimated money is shown apart. Amounts of
            different currencies are never summed.

            Examples:
              sluice spend                                   by app and model
              sluice spend --by day --from 2026-11-01
              sluice spend --by team,kind --where app=chat
              sluice spend --by tag:customer --format csv
              sluice spend --basis billed --by provider,family --cost list
              sluice spend --basis billed --related --by service --from 2026-11-01

            Exit codes: 0 answered, also with no rows, and then it says why there are none; 2 wrong usage; 3 could not run.
            """)
        { basis, by, where, from, to, cost, all, related, data, format, wide };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var chosen = SpendBasis.Find(parsed.GetValue(basis) ?? "") ?? SpendBasis.Metered;
            var (dimensions, mistake) = SpendFilter.Dimensions(parsed.GetValue(by) is { Length: > 0 } words ? words : chosen == SpendBasis.Billed ? BilledSpend.DefaultBy : ["app,model"], chosen);
            var (filters, secondMistake) = SpendFilter.Filters(parsed.GetValue(where) ?? [], chosen);
            var saidCost = parsed.GetResult(cost) is { Implicit: false } ? parsed.GetValue(cost) : null;
            if ((mistake ?? secondMistake ?? BilledSpend.Mistake(chosen, saidCost, parsed.GetValue(all), parsed.GetValue(related))) is { } wrong)
            {
                await Console.Error.WriteLineAsync(wrong);
                return ExitCode.WrongUsage;
            }
            if (chosen == SpendBasis.Billed)
            {
                var query = BilledSpend.Query(parsed.GetValue(from), parsed.GetValue(to), dimensions, filters, saidCost, parsed.GetValue(all), parsed.GetValue(related));
                using var store = CostStores.OpenExisting(parsed.GetValue(data)!, time);
                var answer = BillSpend.Ask(store, query);
                WriteBilled(query, answer, parsed.GetValue(format), parsed.GetValue(wide), answer.Rows.Count == 0 ? NothingFound.Billed(store, query) : null);
                return ExitCode.Ok;
            }
            using var ledger = await LedgerAccess.OpenAsync(parsed.GetValue(data)!, cancellationToken);
            var asked = new SpendQuery { From = parsed.GetValue(from), To = parsed.GetValue(to), GroupBy = dimensions, Filters = filters };
            var rows = ledger.Spend(asked);
            WriteMetered(dimensions, rows, parsed.GetValue(format), parsed.GetValue(wide), rows.Count == 0 ? NothingFound.Metered(ledger, asked) : null);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void WriteMetered(IReadOnlyList<string> dimensions, IReadOnlyList<SpendRow> rows, OutputFormat format, bool wide, string? whyNone)
    {
        if (format != OutputFormat.Table)
        {
            SpendListing.Of(dimensions, rows).Write(Console.Out, format);
            Warn(whyNone);
            return;
        }
        if (whyNone is not null)
        {
            Terminal.WriteText(Console.Out, whyNone);
            return;
        }
        SpendListing.ForPeople(dimensions, rows).Write(Console.Out, OutputFormat.Table, wide: wide);
        var total = SpendListing.Sum(rows);
        if (total.UnpricedCalls > 0)
            Terminal.WriteText(Console.Out, $"{total.UnpricedCalls:#,0} calls have no known cost and are in no sum; 'sluice ledger export' shows them with cost_usd null, and cost_unknown says why.");
        if (total.SuspectCalls > 0)
            Terminal.WriteText(Console.Out, $"{total.SuspectCalls:#,0} calls report a usage that contradicts itself and are booked as reported; usage_suspect in the export says how, and 'sluice reconcile' which reading the bill has.");
    }

    private static void Warn(string? message)
    {
        if (message is not null)
            Console.Error.WriteLine(message);
    }

    private static void WriteBilled(BillQuery query, BillAnswer answer, OutputFormat format, bool wide, string? whyNone)
    {
        if (format != OutputFormat.Table)
        {
            BillListing.Write(Console.Out, query, answer, format);
            // A file of rows has no place for what they leave out.
            foreach (var note in format == OutputFormat.Csv ? BilledSpend.Notes(answer.Remarks) : [])
                Console.Error.WriteLine(note);
            Warn(whyNone);
            return;
        }
        Console.WriteLine($"Billed, {query.Cost.ToString().ToLowerInvariant()} cost.");
        if (whyNone is not null)
            Terminal.WriteText(Console.Out, whyNone);
        else
            BillListing.ForPeople(query.GroupBy, answer.Rows).Write(Console.Out, OutputFormat.Table, wide: wide);
        if (answer.Rows.Sum(r => r.UnpricedLines) is > 0 and var unpriced)
            Terminal.WriteText(Console.Out, $"{unpriced:#,0} lines of bills don't tell this cost and are in no sum of money.");
        foreach (var note in BilledSpend.Notes(answer.Remarks))
            Terminal.WriteText(Console.Out, note);
    }
}
