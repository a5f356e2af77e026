using System.CommandLine;
using Sluice.Commands.Import.Pulling;
using Sluice.Hosting;
using Sluice.Insights.Imports;
using Sluice.Insights.Store;
using Sluice.Output;
using Sluice.Reports;

namespace Sluice.Commands.Import;

/// <summary><c>sluice import aws-cost-explorer|openai|anthropic</c>: fetches costs from the provider itself.</summary>
internal static class PullCommand
{
    private const int UsualDays = 30;

    public static Command Create(string name, string description, TimeProvider time)
    {
        var from = CommonOptions.Moment("--from", $"First day (UTC); {UsualDays} days before --to where it isn't said.");
        var to = CommonOptions.Moment("--to", "First day no longer fetched (UTC); today where it isn't said, since a day has to be over.");
        var data = DataOption.MayBegin();
        var format = CommonOptions.Format();
        var command = new Command(name, $"""
            {description} What was interrupted goes on where it was.

            Example:
              sluice import {name} --from 2026-11-01 --to 2026-12-01
            """)
        { from, to, data, format };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var end = DateOnly.FromDateTime((parsed.GetValue(to) ?? time.GetUtcNow()).UtcDateTime);
            var start = parsed.GetValue(from) is { } said ? DateOnly.FromDateTime(said.UtcDateTime) : end.AddDays(-UsualDays);
            if (start >= end)
            {
                await Console.Error.WriteLineAsync($"--from {start:yyyy-MM-dd} is not before --to {end:yyyy-MM-dd}, which is the first day no longer fetched.");
                return ExitCode.WrongUsage;
            }
            var directory = parsed.GetValue(data)!;
            using var store = DataDirectory.Bills(directory, time);
            using var http = new HttpClient();
            var client = new PullClient(http, PullSources.Access(name, time), time, (span, cancel) => Task.Delay(span, time, cancel));
            try
            {
                var pull = new Pull(client, new BillImporter(store, time), Path.Combine(directory, "pulls"), time);
                var results = await pull.RunAsync(name, start, end, Console.Error.WriteLine, cancellationToken);
                ImportReport.Write(Console.Out, results, parsed.GetValue(format));
                return results.Any(r => r.SetAside > 0) ? ExitCode.No : ExitCode.Ok;
            }
            catch (ImportException e)
            {
                throw new CouldNotRunException(e.Message, e);
            }
        });
        return command;
    }
}
