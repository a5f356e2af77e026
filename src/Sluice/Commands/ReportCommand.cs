using System.CommandLine;
using System.CommandLine.Parsing;
using Sluice.Configuration;
using Sluice.Output;
using Sluice.Reports;

namespace Sluice.Commands;

/// <summary>Makes a command of a report: its parameters are the options, its answer is printed as a table, CSV or JSON.</summary>
internal static class ReportCommand
{
    /// <param name="name">The command's word.</param>
    public static Command Of(Report report, string name, TimeProvider time)
    {
        var data = CommonOptions.Data();
        var config = new Option<string?>("--config") { Description = "The gateway's configuration file, for its data directory, time zone, prices and budgets.", HelpName = "FILE" };
        var format = CommonOptions.Format();
        var wide = CommonOptions.Wide();
        var command = new Command(name, $"{report.Summary}.{(report.Help.Length == 0 ? "" : "\n" + report.Help)}");
        List<(ReportParameter Parameter, Symbol Symbol)> symbols = [.. report.Parameters.Select(p => (p, Symbol(p)))];
        foreach (var (_, symbol) in symbols)
        {
            if (symbol is Argument argument)
                command.Add(argument);
            else
                command.Add((Option)symbol);
        }
        command.Add(data);
        command.Add(config);
        command.Add(format);
        if (report.NamesModels)
            command.Add(wide);
        // Words that are wrong are a wrong usage whether or not there is a ledger to ask.
        command.Validators.Add(result =>
        {
            try
            {
                ReportQuestion.Read(report, Words(result, symbols), new ReportClock(time.GetUtcNow(), TimeZoneInfo.Utc));
            }
            catch (ReportMistakeException e)
            {
                result.AddError(OnCommandLine(e.Message, report));
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = parsed.GetValue(config) is { } file ? OptionsReader.ReadFile(file) : new SluiceOptions();
            try
            {
                var question = ReportQuestion.Read(report, Words(parsed.CommandResult, symbols), new ReportClock(time.GetUtcNow(), options.Reporting.TimeZone));
                using var sources = new ReportSources(parsed.GetValue(data)!, time) { Options = options };
                var table = await report.AskAsync(question, sources, cancellationToken);
                Print(question, table, parsed.GetValue(format), report.NamesModels && parsed.GetValue(wide));
                return table.IsNo ? ExitCode.No : ExitCode.Ok;
            }
            catch (ReportMistakeException e)
            {
                await Console.Error.WriteLineAsync(OnCommandLine(e.Message, report));
                return ExitCode.WrongUsage;
            }
        });
        return command;
    }

    private static void Print(ReportQuestion question, ReportTable table, OutputFormat format, bool wide)
    {
        ReportText.Write(Console.Out, question, table, format, wide);
        // A file of rows has no place for what must be said of them.
        foreach (var note in format == OutputFormat.Csv ? table.Notes : [])
            Console.Error.WriteLine(note);
        if (format == OutputFormat.Csv && table.NextCursor is { } cursor)
            Console.Error.WriteLine($"There are more: --cursor {cursor}");
    }

    private static Symbol Symbol(ReportParameter parameter)
    {
        var description = parameter.Summary + (parameter.Default is { } otherwise && !parameter.IsFlag ? $"; default: {otherwise}." : ".");
        if (parameter.IsArgument)
            return new Argument<string>(parameter.Name) { Description = description };
        if (parameter.IsFlag)
            return new Option<bool>(parameter.Option) { Description = description };
        Option option = parameter.IsList
            ? new Option<string[]>(parameter.Option) { Description = description, HelpName = parameter.Form, AllowMultipleArgumentsPerToken = true }
            : new Option<string?>(parameter.Option) { Description = description, HelpName = parameter.Form };
        if (parameter.Choices.Count > 0)
            option.CompletionSources.Add([.. parameter.Choices]);
        if (parameter.Completions is { } completions)
            option.CompletionSources.Add(context => completions(context.WordToComplete));
        return option;
    }

    private static Dictionary<string, IReadOnlyList<string>> Words(CommandResult parsed, List<(ReportParameter Parameter, Symbol Symbol)> symbols)
    {
        var words = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var (parameter, symbol) in symbols)
        {
            IReadOnlyList<string> said = symbol switch
            {
                Argument<string> argument => parsed.GetValue(argument) is { } word ? [word] : [],
                Option<bool> flag => parsed.GetValue(flag) ? ["true"] : [],
                Option option => parsed.GetResult(option) is OptionResult { Implicit: false } result ? [.. result.Tokens.Select(t => t.Value)] : [],
                _ => [],
            };
            if (said.Count > 0)
                words[parameter.Name] = said;
        }
        return words;
    }

    /// <summary>A mistake begins with the parameter's name; on the command line that is an option.</summary>
    private static string OnCommandLine(string message, Report report)
    {
        var named = report.Parameters.FirstOrDefault(p => !p.IsArgument && message.StartsWith(p.Name + " ", StringComparison.Ordinal));
        return named is null ? message : named.Option + message[named.Name.Length..];
    }
}
