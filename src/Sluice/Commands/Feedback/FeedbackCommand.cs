using System.CommandLine;
using Sluice.Hosting;
using Sluice.Ledger.Feedback;
using Sluice.Reports;

namespace Sluice.Commands.Feedback;

/// <summary><c>sluice feedback export</c>: callers' feedback as labelled outcomes.</summary>
public static class FeedbackCommand
{
    public static Command Create() => new("feedback", "What callers said of answers (POST /api/feedback).") { Export() };

    private static Command Export()
    {
        var data = CommonOptions.Data();
        var bodies = new Option<string>("--bodies") { Description = "The directory of recording.bodies, where prompts were kept.", Required = true };
        var command = new Command("export", """
            Write feedback as labelled outcomes, one JSON line a prompt and task, as 'sluice router train' reads them: {"id",
            "prompt", "task", "outcomes": {model: {"score"}}}. Calls with the same prompt are one line with a score for each
            model, and so are the two answers of a sample of the quality watch. The ledger has no prompts, so they come from the
            kept bodies; standard error says how many calls were left out because none was kept, and how many lines have
            outcomes of two models, which is what a router learns from. Comments stay where they are. The output holds prompts
            in the clear.

            Examples:
              sluice feedback export --bodies /var/lib/sluice/bodies > outcomes.jsonl
              sluice feedback export --data ./sluice-data --bodies ./bodies | wc -l
            """)
        { data, bodies };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (directory, kept) = (parsed.GetValue(data)!, parsed.GetValue(bodies)!);
            if (!Directory.Exists(kept))
                throw new CouldNotRunException($"There is no directory '{kept}'; name the one that recording.bodies names (--bodies).");
            using var ledger = await DataDirectory.LedgerAsync(directory, cancellationToken);
            var (entries, damaged) = FeedbackFile.Read(directory);
            var export = new FeedbackExport(entries, ledger);
            export.Join(kept, message => Console.Error.WriteLine(message));
            await using (var output = Console.OpenStandardOutput())
            await using (var buffered = new BufferedStream(output, 64 * 1024))
                export.Write(buffered);
            await Console.Error.WriteLineAsync($"{export.Lines:#,0} lines of {export.Calls:#,0} calls with feedback and {export.Pairs:#,0} pairs of the quality watch; {export.Comparable:#,0} of them have outcomes of two models or more. Left out: {export.WithoutPrompt:#,0} whose prompt was not kept, {export.WithoutModel:#,0} that no model answered, {export.WithoutRecord:#,0} that the ledger no longer has.");
            if (damaged > 0)
                await Console.Error.WriteLineAsync($"{damaged:#,0} damaged lines of feedback.jsonl were left out.");
            return ExitCode.Ok;
        });
        return command;
    }
}
