using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sluice.Core.Pricing;
using Sluice.Output;

namespace Sluice.Commands.Price;

/// <summary><c>sluice price MODEL</c>: what a workload costs, and which row of the price book says so.</summary>
public static class PriceCommand
{
    private const string Help = """
        Price a workload on a model, list prices, or compare models.

        Counts are totals of the workload. Where a price depends on the length of a call, --calls says how many calls the
        workload is made of; without it the lowest context band is priced, and the answer says so.

        Examples:
          sluice price claude-sonnet-4.5 --region eu-west-1 --input 20000000 --output 1000000
          sluice price global.anthropic.claude-opus-5 --input 14 --cache-read 4410 --format json
          sluice price amazon.nova-2-lite-v1:0 --input 1000000 --tier flex
          sluice price openai.gpt-6-sol --input 3000000 --output 20000 --calls 10
          sluice price claude-3.5-haiku --input 1000000000 --batch --at 2026-01-31
          sluice price list --model claude-*
          sluice price compare claude-haiku-4.5 nova-micro --input 20M --output 1M
          sluice price missing model_prices_and_context_window.json

        Exit codes: 0 priced, 1 no price, 2 wrong usage, 3 could not run.
        """;

    /// <summary>The command with its subcommands, ready to be added to the root.</summary>
    /// <param name="time">The clock that says what day is today.</param>
    /// <param name="environment">Reads an environment variable; null where it isn't set.</param>
    public static Command Create(TimeProvider time, Func<string, string?> environment)
    {
        var command = new Command("price", Help);
        var model = new Argument<string?>("MODEL")
        {
            Arity = ArgumentArity.ZeroOrOne, // A subcommand stands without it.
            Description = "A model id, a profile id (us., eu., global. ...), a name such as claude-sonnet-4.5, or an ARN",
        };
        command.Arguments.Add(model);
        var place = new PlaceOptions(command, time, environment);
        var workload = new WorkloadOptions(command);
        var mode = new ModeOptions(command);
        var format = OutputFormats.Option();
        command.Options.Add(format);
        command.Subcommands.Add(ListCommand.Create(time, environment));
        command.Subcommands.Add(CompareCommand.Create(time, environment));
        command.Subcommands.Add(MissingCommand.Create(time, environment));
        command.SetAction(parsed => Run(parsed, place, [NoModel(parsed.GetValue(model)), workload.Problem(parsed), mode.Problem(parsed)], book =>
        {
            var asked = PricedModel.Parse(parsed.GetValue(model)!, book.Models);
            var (region, regionFrom) = place.RegionOf(parsed, asked);
            var identity = mode.Apply(parsed, new PriceIdentity { Model = asked.Id, Region = region, Profile = asked.Profile });
            var answer = PriceAnswer.To(book, asked, identity, regionFrom, workload.Usage(parsed), workload.Calls(parsed), place.At(parsed));
            Write(parsed.InvocationConfiguration.Output, answer, parsed.GetValue(format));
            return answer.CostUsd is null ? ExitCode.No : ExitCode.Ok;
        }));
        return command;
    }

    private static string? NoModel(string? model) => string.IsNullOrEmpty(model) ? "Name the model to price, or see sluice price list." : null;

    /// <summary>Tells all that is wrong with the question; else runs with the price book, of which all faults are told too.</summary>
    internal static int Run(ParseResult parsed, PlaceOptions place, string?[] problems, Func<PriceBook, int> run)
    {
        var error = parsed.InvocationConfiguration.Error;
        foreach (var problem in problems.OfType<string>())
            error.WriteLine(problem);
        if (problems.Any(p => p is not null))
            return ExitCode.WrongUsage;
        PriceBook book;
        try
        {
            book = place.Book(parsed);
        }
        catch (Exception exception) when (exception is PriceFileException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine(exception.Message);
            return ExitCode.CouldNotRun;
        }
        return run(book);
    }

    private static void Write(TextWriter output, PriceAnswer answer, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Json:
                output.WriteLine(JsonSerializer.Serialize(answer, PriceJson.Readable.PriceAnswer));
                break;
            case OutputFormat.Csv:
                Terminal.WriteCsv(output, ["kind", "quantity", "usd", "price_usd", "per", "row", "source", "source_date", "reason"],
                    answer.Lines.Select(l => new string?[] { l.Kind, Number(l.Quantity), l.Usd, l.PriceUsd, Number(l.Per), l.Row, l.Source, l.SourceDate, "" })
                        .Concat(answer.Unpriced.Select(u => new string?[] { u.Kind, Number(u.Quantity), "", "", "", "", "", "", u.Reason }))
                        .Append(["total", "", answer.CostUsd, "", "", "", "", "", answer.Reason]));
                break;
            default:
                WriteTable(output, answer);
                break;
        }
    }

    private static void WriteTable(TextWriter output, PriceAnswer answer)
    {
        output.WriteLine($"{answer.Name ?? answer.Requested} ({(answer.Profile is null ? "" : answer.Profile + ".")}{answer.Model})");
        output.WriteLine($"{answer.Region} ({answer.RegionFrom}), {Words(answer.Scope)}, {Mode(answer)}, prices of {answer.At}");
        if (answer.Lines.Length > 0)
        {
            output.WriteLine(Band(answer));
            var table = new TextTable(("Kind", false), ("Quantity", true), ("USD per", true), ("USD", true), ("From", false));
            foreach (var line in answer.Lines)
            {
                var price = line.PricePerMillionUsd is { } perMillion ? $"{perMillion} / M" : $"{line.PriceUsd} / {Grouped(line.Per)}";
                table.AddRow(line.Kind, Grouped(line.Quantity), price, line.Usd, $"{line.Row}, {line.Source} {line.SourceDate}{(line.Note is null ? "" : $" ({line.Note})")}");
            }
            table.Write(output);
        }
        output.WriteLine(answer.CostUsd is { } usd ? $"Total {usd} USD" : $"Unpriced: {answer.Reason}");
        foreach (var fix in answer.Unpriced.Select(u => u.Fix).Distinct(StringComparer.Ordinal))
            output.WriteLine(fix);
    }

    private static string Band(PriceAnswer answer) => (answer.ContextTokensPerCall, answer.ContextBandAboveTokens) switch
    {
        (null, _) => "Lowest context band; --calls tells how long one call is",
        ({ } tokens, 0) => $"Lowest context band: {Grouped(tokens)} input tokens a call on average",
        ({ } tokens, var above) => $"Context band above {Grouped(above)}: {Grouped(tokens)} input tokens a call on average",
    };

    internal static string Words(string name) => name.Replace('_', ' ');

    private static string Mode(PriceAnswer answer) =>
        answer.Batch ? "batch" : answer.LatencyOptimized ? "optimized latency" : $"{answer.Tier} tier";

    internal static string Number(decimal number) => number.ToString("0.######", CultureInfo.InvariantCulture);

    internal static string Grouped(decimal number) => number.ToString("#,0.######", CultureInfo.InvariantCulture);
}
