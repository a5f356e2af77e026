using System.CommandLine;
using Sluice.Insights.Imports;
using Sluice.Insights.Imports.Locales;
using Sluice.Insights.Store;
using Sluice.Output;
using Sluice.Reports;

namespace Sluice.Commands.Import;

/// <summary><c>sluice import</c>: brings bills into the cost store.</summary>
public static class ImportCommand
{
    public static Command Create(TimeProvider time)
    {
        var paths = new Argument<string[]>("path") { Description = "Bills: CSV, JSON or Parquet files, plain, gzip, zip or tar, also as a directory, s3://bucket/key, s3://bucket/prefix/ or with * in their names; or the manifest of a Cost and Usage Report.", Arity = ArgumentArity.OneOrMore };
        var source = new Option<string?>("--source") { Description = $"What the files are: {string.Join(", ", BillSources.Names)}. Told from what is in them when not said." };
        source.AcceptOnlyFromAmong([.. BillSources.Names]);
        var replace = new Option<bool>("--replace-period") { Description = "The files are together the whole of their bills: what earlier imports said of the same months and these don't have is taken out." };
        var prices = new Option<string?>("--list-prices") { Description = "Databricks' system.billing.list_prices as CSV or JSON, which price its usage." };
        var mark = new Option<string?>("--decimal") { Description = "What stands before the decimals of amounts: point or comma. Each file proves it when not said." };
        mark.AcceptOnlyFromAmong("point", "comma");
        var order = new Option<string?>("--dates") { Description = "How days such as 3/11/2026 are meant: day-first or month-first. Each file proves it when not said." };
        order.AcceptOnlyFromAmong("day-first", "month-first");
        var data = DataOption.MayBegin();
        var format = CommonOptions.Format();
        var command = new Command("import", """
            Import bills into the cost store, all of a file or nothing. A bill that restates a charge takes its place.

            Examples:
              sluice import cur-2026-11.csv.gz
              sluice import azure-focus.zip gcp-focus.csv
              sluice import s3://my-bills/cur/20261101-20261201/cur-Manifest.json
              sluice import "november/*.csv.gz" --replace-period
              sluice import usage.csv --list-prices list_prices.csv
              sluice import openai --from 2026-11-01
            """)
        {
            paths, source, replace, prices, mark, order, data, format,
            PullCommand.Create("aws-cost-explorer", "Fetch costs from AWS Cost Explorer, by day, service and usage type. AWS charges a cent for each page.", time),
            PullCommand.Create("openai", "Fetch costs and token counts from OpenAI, with the admin key in OPENAI_ADMIN_KEY.", time),
            PullCommand.Create("anthropic", "Fetch costs and token counts from Anthropic, with the admin key in ANTHROPIC_ADMIN_KEY.", time),
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = new ImportOptions
            {
                Source = parsed.GetValue(source) is { } name && BillSources.TryParse(name, out var known) ? known : null,
                ReplacePeriod = parsed.GetValue(replace),
                ListPrices = parsed.GetValue(prices),
                Decimal = parsed.GetValue(mark) switch { "comma" => DecimalMark.Comma, "point" => DecimalMark.Point, _ => null },
                Dates = parsed.GetValue(order) switch { "day-first" => DateOrder.DayFirst, "month-first" => DateOrder.MonthFirst, _ => null },
            };
            using var store = DataDirectory.Bills(parsed.GetValue(data)!, time);
            return Task.FromResult(Run(store, parsed.GetValue(paths)!, options, parsed.GetValue(format), time, cancellationToken));
        });
        return command;
    }

    /// <returns>Ok; No where rows were set aside; CouldNotRun where a file was not imported. The others are, whatever happens to one.</returns>
    private static int Run(CostStore store, string[] paths, ImportOptions options, OutputFormat format, TimeProvider time, CancellationToken cancellationToken)
    {
        var importer = new BillImporter(store, time);
        var results = new List<ImportResult>();
        var failed = false;
        foreach (var delivery in Deliveries())
        {
            var meter = new ImportMeter(Console.Error, delivery[0], !Console.IsErrorRedirected, time);
            failed |= !Succeeds(() => results.Add(importer.Import(delivery, options, meter.Show, cancellationToken)), meter.End);
        }
        if (results.Count > 0)
            ImportReport.Write(Console.Out, results, format);
        if (failed)
            return ExitCode.CouldNotRun;
        return results.Exists(r => r.SetAside > 0) ? ExitCode.No : ExitCode.Ok;

        // Each delivery by itself, or all files as the whole of a period.
        IReadOnlyList<IReadOnlyList<string>> Deliveries()
        {
            var files = new List<string>();
            foreach (var path in paths)
                failed |= !Succeeds(() => files.AddRange(importer.Expand([path])), () => { });
            if (!options.ReplacePeriod || files.Count == 0)
                return BillImporter.Deliveries(files);
            return failed ? [] : [files];
        }
    }

    private static bool Succeeds(Action import, Action end)
    {
        try
        {
            import();
            return true;
        }
        catch (ImportException e)
        {
            end();
            Console.Error.WriteLine(e.Message);
            return false;
        }
        finally
        {
            end();
        }
    }
}
