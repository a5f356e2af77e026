using System.CommandLine;
using Sluice.Commands.Import;
using Sluice.Commands.Spend;
using Sluice.Insights.Reports;
using Sluice.Insights.Spend;
using Sluice.Ledger.Queries;
using Sluice.Output;

namespace Sluice.Commands.Reports;

/// <summary><c>sluice report</c>: the reports that everybody wants.</summary>
public static class ReportsCommand
{
    public static Command Create(TimeProvider time)
    {
        var name = new Argument<string>("name") { Description = $"{string.Join(", ", ReportBook.All.Select(r => r.Name))}" };
        name.AcceptOnlyFromAmong([.. ReportBook.All.Select(r => r.Name)]);
        var basis = SpendBasis.Option("What to read: billed, what was imported, or metered, the ledger's calls. When not said: metered for cost-per-task, as no bill counts calls, and billed for all others.");
        var where = new Option<string[]>("--where") { Description = "Only what has NAME=VALUE, of the dimensions of 'sluice spend'.", AllowMultipleArgumentsPerToken = true };
        where.CompletionSources.Add(context => SpendFilter.Completions(context.WordToComplete, suffix: "="));
        var from = CommonOptions.Moment("--from", "First moment (UTC). When not said, the report's own length before the end.");
        var to = CommonOptions.Moment("--to", "First moment no longer in it. When not said, the end of what was imported; for the ledger, now.");
        var cost = SpendBasis.CostOption();
        var data = CommonOptions.Data();
        var format = CommonOptions.Format();
        var wide = CommonOptions.Wide();
        var command = new Command("report", $"""
            Show one of the reports that come with Sluice:
            {string.Join('\n', ReportBook.All.Select(r => $"  {r.Name,-18} {r.Title}"))}

            Examples:
              sluice report spend-by-provider
              sluice report cache-savings --where family=Claude\ Sonnet --from 2026-10-01 --to 2026-11-01
              sluice report cost-per-task --format csv
            """)
        { name, basis, where, from, to, cost, data, format, wide };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var report = parsed.GetValue(name)!;
            var chosen = SpendBasis.Find(parsed.GetValue(basis) ?? "") ?? BasisOf(report);
            var saidCost = parsed.GetResult(cost) is { Implicit: false } ? parsed.GetValue(cost) : null;
            var (filters, mistake) = SpendFilter.Filters(parsed.GetValue(where) ?? [], chosen);
            if ((mistake ?? BilledSpend.Mistake(chosen, saidCost, allServices: false, related: false)) is { } wrong)
            {
                await Console.Error.WriteLineAsync(wrong);
                return ExitCode.WrongUsage;
            }
            var query = new ReportQuery { From = parsed.GetValue(from), To = parsed.GetValue(to), Filters = filters, Cost = BilledSpend.CostOf(saidCost) };
            var answer = await AnswerAsync(report, chosen, query, parsed.GetValue(data)!, time, cancellationToken);
            ReportListing.Write(Console.Out, answer, parsed.GetValue(format), parsed.GetValue(wide));
            if (answer.Rows.Count == 0)
                await Console.Error.WriteLineAsync(await WhyNoneAsync(chosen, answer, filters, parsed.GetValue(data)!, time, cancellationToken));
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>What a report is of where nobody says otherwise.</summary>
    internal static SpendBasis BasisOf(string report) => ReportBook.IsMetered(report) ? SpendBasis.Metered : SpendBasis.Billed;

    private static async Task<string> WhyNoneAsync(
        SpendBasis basis, ReportAnswer answer, IReadOnlyDictionary<string, IReadOnlyList<string>> filters, string dataDirectory, TimeProvider time, CancellationToken cancellationToken)
    {
        if (basis == SpendBasis.Billed)
        {
            using var store = CostStores.OpenExisting(dataDirectory, time);
            return NothingFound.Billed(store, new BillQuery { From = answer.From, To = answer.To, GroupBy = [], Filters = filters });
        }
        using var ledger = await LedgerAccess.OpenAsync(dataDirectory, cancellationToken);
        return NothingFound.Metered(ledger, new SpendQuery { From = answer.From, To = answer.To, Filters = filters });
    }

    internal static async Task<ReportAnswer> AnswerAsync(string report, SpendBasis basis, ReportQuery query, string dataDirectory, TimeProvider time, CancellationToken cancellationToken)
    {
        if (basis == SpendBasis.Billed)
        {
            using var store = CostStores.OpenExisting(dataDirectory, time);
            return ReportBook.Billed(report, store, query);
        }
        using var ledger = await LedgerAccess.OpenAsync(dataDirectory, cancellationToken);
        return ReportBook.Metered(report, ledger, query, time.GetUtcNow());
    }
}
