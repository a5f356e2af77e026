using System.CommandLine;
using Sluice.Insights.Imports;
using Sluice.Insights.Store;
using Sluice.Output;

namespace Sluice.Commands.Import;

/// <summary><c>sluice import</c>: brings bills into the cost store.</summary>
public static class ImportCommand
{
    public static Command Create(TimeProvider time)
    {
        var paths = new Argument<string[]>("path") { Description = "Bills: CSV files, plain, gzip or zip.", Arity = ArgumentArity.OneOrMore };
        var source = new Option<string?>("--source") { Description = $"What the files are: {string.Join(" or ", BillSources.Names)}. Told from the header when not said." };
        source.AcceptOnlyFromAmong([.. BillSources.Names]);
        var data = CommonOptions.Data();
        var format = CommonOptions.Format();
        var command = new Command("import", """
            Import bills into the cost store, all of a file or nothing. A bill that restates a charge takes its place.

            Examples:
              sluice import cur-2026-11.csv.gz
              sluice import azure-focus.zip gcp-focus.csv
            """)
        { paths, source, data, format };
        command.SetAction((parsed, cancellationToken) =>
        {
            BillSource? said = parsed.GetValue(source) is { } name && BillSources.TryParse(name, out var known) ? known : null;
            using var store = CostStores.Open(parsed.GetValue(data)!, time);
            return Task.FromResult(Run(store, parsed.GetValue(paths)!, said, parsed.GetValue(format), time, cancellationToken));
        });
        return command;
    }

    /// <returns>Ok; No where rows were set aside; CouldNotRun where a file was not imported. The others are, whatever happens to one.</returns>
    private static int Run(CostStore store, string[] paths, BillSource? source, OutputFormat format, TimeProvider time, CancellationToken cancellationToken)
    {
        var importer = new BillImporter(store, time);
        var results = new List<ImportResult>();
        var failed = false;
        foreach (var path in paths)
        {
            var meter = new ImportMeter(Console.Error, path, !Console.IsErrorRedirected, time);
            try
            {
                results.Add(importer.Import(path, source, meter.Show, cancellationToken));
                meter.End();
            }
            catch (ImportException e)
            {
                meter.End();
                Console.Error.WriteLine(e.Message);
                failed = true;
            }
        }
        if (results.Count > 0)
            ImportReport.Write(Console.Out, results, format);
        if (failed)
            return ExitCode.CouldNotRun;
        return results.Exists(r => r.SetAside > 0) ? ExitCode.No : ExitCode.Ok;
    }
}
