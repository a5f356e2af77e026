using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Commands.Alerts;
using Sluice.Commands.Import;
using Sluice.Configuration;
using Sluice.Hosting;
using Sluice.Insights.Reconciling;
using Sluice.Output;
using Sluice.Reports;

namespace Sluice.Commands.Reconcile;

/// <summary><c>sluice reconcile</c>: holds the ledger against the imported bill.</summary>
public static class ReconcileCommand
{
    private const decimal DefaultTolerancePercent = 0.5m;

    public static Command Create(TimeProvider time)
    {
        var from = CommonOptions.Moment("--from", "First day (UTC). Default: the first that the bill has.");
        var to = CommonOptions.Moment("--to", "First day no longer in it. Default: the day behind the last that the bill has.");
        var tolerance = new Option<decimal>("--tolerance") { Description = "Percent that tokens and money may differ, line by line.", DefaultValueFactory = _ => DefaultTolerancePercent };
        tolerance.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && decimal.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) && percent is < 0 or > 100)
                result.AddError($"--tolerance {result.Tokens[0].Value}: write a percentage from 0 to 100, such as 0.5.");
        });
        var accounts = new Option<string[]>("--account") { Description = "Only what these accounts of the bill used.", AllowMultipleArgumentsPerToken = true };
        var causes = new Option<bool>("--causes") { Description = "As csv or json, list the causes and not the lines." };
        var propose = new Option<string?>("--propose-prices") { Description = "Write the prices that the bill has and the price book doesn't to a new file, to be looked at. Nothing uses it until you say so." };
        var prices = new Option<string?>("--prices") { Description = "A file of own prices that count as known." };
        var config = AlertsCommand.Config();
        var data = CommonOptions.Data();
        var format = CommonOptions.Format();
        var wide = CommonOptions.Wide();
        var command = new Command("reconcile", """
            Hold the ledger against the imported bill: tokens first, then money, each difference with its cause. The exit code is 1
            where they differ by more than the tolerance; then an alert is kept as well, which a running gateway delivers, or this
            command at once where --config names the channels.

            Examples:
              sluice reconcile --from 2026-11-01 --to 2026-12-01
              sluice reconcile --tolerance 0.1 --format csv      every line
              sluice reconcile --propose-prices learned.csv      prices that the bill shows
              sluice reconcile --config sluice.yaml              and tell the channels of alerts
            """)
        { from, to, tolerance, accounts, causes, propose, prices, config, data, format, wide };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var directory = parsed.GetValue(data)!;
            using var store = DataDirectory.ExistingBills(directory, time);
            var coverage = store.Coverage() ?? throw new CouldNotRunException($"The bills imported into '{directory}' have no usage of generative AI; import one that has with: sluice import FILE --data {directory}");
            var first = Day(parsed.GetValue(from) ?? coverage.From);
            var end = parsed.GetValue(to) is { } given ? Day(given) : Day(coverage.Until.AddTicks(-1)).AddDays(1);
            if (end <= first)
            {
                await Console.Error.WriteLineAsync($"--to {end:yyyy-MM-dd} is not behind --from {first:yyyy-MM-dd}; --to is the first day no longer in it.");
                return ExitCode.WrongUsage;
            }
            using var ledger = await DataDirectory.LedgerAsync(directory, cancellationToken);
            var used = parsed.GetValue(accounts) ?? [];
            var bill = BillBook.Read(store, first, end, used);
            if (bill.Lines.IsEmpty && bill.Loose.IsEmpty)
                throw new CouldNotRunException($"The bill has nothing of Bedrock from {first:yyyy-MM-dd} to {end:yyyy-MM-dd}{(used.Length > 0 ? " of account " + string.Join(", ", used) : "")}; it reaches from {coverage.From:yyyy-MM-dd} to {coverage.Until:yyyy-MM-dd}.");
            var result = Reconciler.Compare(LedgerBook.Read(ledger, first, end), bill);
            var report = new ReconcileReport(result, bill, first, end, parsed.GetValue(tolerance));
            report.Write(Console.Out, parsed.GetValue(format), parsed.GetValue(causes), parsed.GetValue(wide));
            if (parsed.GetValue(propose) is { } file)
                PriceProposal.Write(file, PriceLearner.Learn(BillBook.Rows(store, first, end, used), PriceBooks.Of(new PriceSettings { File = parsed.GetValue(prices) })), Console.Error);
            if (result.IsWithin(parsed.GetValue(tolerance)))
                return ExitCode.Ok;
            using var alerts = AlertStores.Open(directory, NullLogger.Instance);
            alerts.Add(GapAlert.Of(result, first, end, parsed.GetValue(tolerance), time.GetUtcNow()));
            await AlertDelivery.NowAsync(alerts, parsed.GetValue(config), time, cancellationToken);
            return ExitCode.No;
        });
        return command;
    }

    private static DateOnly Day(DateTimeOffset moment) => DateOnly.FromDateTime(moment.UtcDateTime);
}
