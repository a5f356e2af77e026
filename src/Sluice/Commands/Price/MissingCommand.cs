using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sluice.Commands.Import;
using Sluice.Core;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Insights.PriceLists;
using Sluice.Insights.Reconciling;
using Sluice.Insights.Store;
using Sluice.Output;
using Sluice.Reports;

namespace Sluice.Commands.Price;

/// <summary>A price that a list or a bill has and the book lacks or has otherwise; dollars for a million tokens or one other unit.</summary>
internal sealed record MissingPrice(
    string Source, string Why, string Id, string Model, string Region, string? Profile, string Tier, bool Batch, bool LatencyOptimized,
    string Kind, string Usd, string? BookUsd, string? Row);

/// <summary><c>sluice price missing</c>: what lists of others and the imported bills have and the price book hasn't.</summary>
internal static class MissingCommand
{
    private const string Help = """
        List the models and kinds that price lists of others or the imported bills have and the price book lacks, or has at
        another price. Lists are LiteLLM's and models.dev's JSON and AWS's price list (an offer's index.json, or an answer of
        GetProducts). docs/prices.md says of which differences we know.

        Examples:
          sluice price missing model_prices_and_context_window.json --at 2026-08-01
          sluice price missing --data ./sluice-data          the bills that were imported there

        Exit codes: 0 nothing is missing, 1 something is, 2 wrong usage, 3 could not run.
        """;

    public static Command Create(TimeProvider time, Func<string, string?> environment)
    {
        var command = new Command("missing", Help);
        var files = new Argument<FileInfo[]>("FILE") { Description = "Price lists as JSON", Arity = ArgumentArity.ZeroOrMore };
        command.Arguments.Add(files);
        var place = new PlaceOptions(command, time, environment);
        var data = new Option<string?>("--data") { Description = "The directory whose imported bills are looked through", HelpName = "DIRECTORY" };
        var format = OutputFormats.Option();
        command.Options.Add(data);
        command.Options.Add(format);
        command.SetAction(parsed => PriceCommand.Run(parsed, place, [NothingToRead(parsed.GetValue(files), parsed.GetValue(data))], book =>
        {
            var gaps = new List<PriceGap>();
            try
            {
                foreach (var file in parsed.GetValue(files) ?? [])
                {
                    using var content = file.OpenRead();
                    gaps.AddRange(PriceGap.Find(file.Name, PriceListFile.Read(content, file.Name), book, place.At(parsed)));
                }
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                parsed.InvocationConfiguration.Error.WriteLine(e.Message);
                return ExitCode.CouldNotRun;
            }
            if (parsed.GetValue(data) is { } directory)
                gaps.AddRange(OfBills(directory, book, time));
            Write(parsed.InvocationConfiguration.Output, [.. gaps.Select(Shown)], parsed.GetValue(format));
            return gaps.Count == 0 ? ExitCode.Ok : ExitCode.No;
        }));
        return command;
    }

    private static string? NothingToRead(FileInfo[]? files, string? data) =>
        files is { Length: > 0 } || data is not null ? null : "Name price lists to compare the book with, or with --data a directory that bills were imported into.";

    private static IEnumerable<PriceGap> OfBills(string directory, PriceBook book, TimeProvider time)
    {
        using var store = DataDirectory.ExistingBills(directory, time);
        return store.Coverage() is { } coverage
            ? [.. BillGaps.Find(BillBook.Rows(store, Day(coverage.From), Day(coverage.Until).AddDays(1)), book)]
            : [];
    }

    private static MissingPrice Shown(PriceGap gap)
    {
        var (stated, identity) = (gap.Stated, gap.Stated.Identity);
        decimal per = stated.Kind?.IsToken() == true ? 1_000_000 : 1;
        return new MissingPrice(
            gap.Source, WhyOf(gap.Kind), stated.Id, identity.Model, identity.Region, identity.Profile, identity.Tier.Name(), identity.Batch, identity.LatencyOptimized,
            stated.KindName + (stated.ContextTokens > 0 ? " (long context)" : ""), Digits(stated.UsdPerUnit * per), gap.BookUsdPerUnit is { } usd ? Digits(usd * per) : null, gap.Book?.Id);
    }

    private static string WhyOf(PriceGapKind kind) => kind switch
    {
        PriceGapKind.NoModel => "no_model",
        PriceGapKind.NoKind => "no_kind",
        PriceGapKind.NoPrice => "no_price",
        _ => "differs",
    };

    private static void Write(TextWriter output, MissingPrice[] prices, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Json:
                output.WriteLine(JsonSerializer.Serialize(prices, PriceJson.Readable.MissingPriceArray));
                break;
            case OutputFormat.Csv:
                Terminal.WriteCsv(output, ["source", "why", "id", "model", "region", "profile", "tier", "batch", "latency_optimized", "kind", "usd", "book_usd", "row"],
                    prices.Select(p => new[] { p.Source, p.Why, p.Id, p.Model, p.Region, p.Profile, p.Tier, p.Batch ? "yes" : "", p.LatencyOptimized ? "yes" : "", p.Kind, p.Usd, p.BookUsd, p.Row }));
                break;
            default:
                WriteTable(output, prices);
                break;
        }
    }

    private static void WriteTable(TextWriter output, MissingPrice[] prices)
    {
        if (prices.Length == 0)
        {
            output.WriteLine("The price book has all of it, at the same prices.");
            return;
        }
        output.WriteLine("USD for a million tokens, or for one unit of another kind");
        var table = new TextTable(("Why", false), ("Id", false), ("Kind", false), ("Listed", true), ("Book", true), ("Row", false));
        foreach (var p in prices)
            table.AddRow(PriceCommand.Words(p.Why), p.Id, p.Kind, p.Usd, p.BookUsd ?? "-", p.Row ?? "");
        table.Write(output);
        output.WriteLine($"{Counted.Of(prices.Length, "price")} of {Counted.Of(prices.Select(p => p.Model).Distinct(StringComparer.Ordinal).Count(), "model")}.");
    }

    private static DateOnly Day(DateTimeOffset moment) => DateOnly.FromDateTime(moment.UtcDateTime);

    private static string Digits(decimal usd) => usd.ToString("0.############", CultureInfo.InvariantCulture);
}
