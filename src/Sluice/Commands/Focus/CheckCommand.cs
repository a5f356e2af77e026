using System.CommandLine;
using System.Globalization;
using Sluice.Core;
using Sluice.Hosting;
using Sluice.Insights.Conformance;
using Sluice.Insights.Store;
using Sluice.Output;

namespace Sluice.Commands.Focus;

/// <summary><c>sluice focus check</c>: holds any FOCUS file to the rules of its version.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "A FOCUS file as CSV, plain, gzip or zip." };
        var version = new Option<string?>("--version") { Description = $"What to hold it to: {string.Join(", ", FocusVersions.Names)}. Told from the columns when not said." };
        version.AcceptOnlyFromAmong([.. FocusVersions.Names]);
        var excerpt = new Option<bool>("--excerpt") { Description = "The file is a table out of a document: missing columns, and amounts and days as spreadsheets show them, are no breaks." };
        var advice = new Option<bool>("--advice") { Description = "Also list what FOCUS only recommends. It never changes the exit code." };
        var format = CommonOptions.Format();
        var command = new Command("check", """
            Hold a FOCUS file (Cost and Usage, 1.0 to 1.4) to the specification: one line for each broken rule and column. The exit code
            is 1 where a rule is broken.

            Examples:
              sluice focus check focus-2026-11.csv.gz
              sluice focus check focus.csv --version 1.2 --format json
            """)
        { file, version, excerpt, advice, format };
        command.SetAction((parsed, cancellationToken) =>
        {
            FocusVersion? said = parsed.GetValue(version) is { } name && FocusVersions.TryParse(name, out var known) ? known : null;
            try
            {
                var verdict = FocusChecker.Check(parsed.GetValue(file)!, new FocusOptions { Version = said, IsExcerpt = parsed.GetValue(excerpt) }, cancellationToken);
                Write(Console.Out, parsed.GetValue(file)!, verdict, parsed.GetValue(advice), parsed.GetValue(format));
                return Task.FromResult(verdict.IsConformant ? ExitCode.Ok : ExitCode.No);
            }
            catch (ImportException e)
            {
                throw new CouldNotRunException(e.Message, e);
            }
        });
        return command;
    }

    private static void Write(TextWriter output, string file, FocusVerdict verdict, bool advice, OutputFormat format)
    {
        var shown = verdict.Broken.Where(b => advice || !b.IsAdvice).ToList();
        var listing = format == OutputFormat.Table
            ? new Listing("rule", "column", "line", "rows", "what is wrong", "fix")
            : new Listing("rule", "column", "level", "first_line", "rows", "what", "fix");
        foreach (var broken in shown)
        {
            if (format == OutputFormat.Table)
                listing.Add(broken.Id, broken.Column, broken.Line, broken.Rows, broken.IsAdvice ? "advice: " + broken.What : broken.What, broken.Fix);
            else
                listing.Add(broken.Id, broken.Column, broken.IsAdvice ? "advice" : "must", broken.Line, broken.Rows, broken.What, broken.Fix);
        }
        if (format != OutputFormat.Table || shown.Count > 0)
            listing.Write(output, format);
        if (format != OutputFormat.Table)
            return;
        var count = verdict.Broken.Count(b => !b.IsAdvice);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{file}: {Counted.Of(verdict.Rows, "row")}, FOCUS {verdict.Version.Name()}{(verdict.IsVersionDetected ? " by its columns" : "")}: {(count == 0 ? "no rule is broken" : $"{count} broken")}."));
        if (!advice && verdict.Broken.Count > count)
            output.WriteLine($"Recommendations that are not followed: {verdict.Broken.Count - count}; --advice lists them.");
    }
}
