using System.CommandLine;
using Sluice.Ledger.Queries;
using Sluice.Output;

namespace Sluice.Commands.Spend;

/// <summary><c>sluice spend</c>: what calls cost, by whatever they are tagged with.</summary>
public static class SpendCommand
{
    public static Command Create()
    {
        var by = new Option<string[]>("--by") { Description = "What to sum by, in order: app, team, task, environment, key, model, operation, region, scope, tier, outcome, kind, hour, day, month, tag:NAME. Default: app,model", AllowMultipleArgumentsPerToken = true };
        var where = new Option<string[]>("--where") { Description = "Only calls with NAME=VALUE, of the same names; several values with commas, * at the end for any rest.", AllowMultipleArgumentsPerToken = true };
        var from = CommonOptions.Moment("--from", "First moment (UTC); whole hours are summed.");
        var to = CommonOptions.Moment("--to", "First moment no longer in it.");
        var data = CommonOptions.Data();
        var format = CommonOptions.Format();
        var command = new Command("spend", """
            Show what calls cost. Unpriced calls are counted and never summed as 0; estimated money is shown apart.

            Examples:
              sluice spend                                   by app and model
              sluice spend --by day --from 2026-11-01
              sluice spend --by team,kind --where app=chat
              sluice spend --by tag:customer --format csv
            """)
        { by, where, from, to, data, format };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (dimensions, mistake) = SpendFilter.Dimensions(parsed.GetValue(by) is { Length: > 0 } words ? words : ["app,model"]);
            var (filters, secondMistake) = SpendFilter.Filters(parsed.GetValue(where) ?? []);
            if ((mistake ?? secondMistake) is { } wrong)
            {
                await Console.Error.WriteLineAsync(wrong);
                return ExitCode.WrongUsage;
            }
            using var ledger = await LedgerAccess.OpenAsync(parsed.GetValue(data)!, cancellationToken);
            var rows = ledger.Spend(new SpendQuery { From = parsed.GetValue(from), To = parsed.GetValue(to), GroupBy = dimensions, Filters = filters });
            if (parsed.GetValue(format) is var chosen and not OutputFormat.Table)
            {
                SpendListing.Of(dimensions, rows).Write(Console.Out, chosen);
                return ExitCode.Ok;
            }
            SpendListing.ForPeople(dimensions, rows).Write(Console.Out, OutputFormat.Table);
            var total = SpendListing.Sum(rows);
            if (total.UnpricedCalls > 0)
                Console.WriteLine($"{total.UnpricedCalls:#,0} calls have no known cost and are in no sum; 'sluice ledger export' shows them with cost_usd null.");
            return ExitCode.Ok;
        });
        return command;
    }
}
