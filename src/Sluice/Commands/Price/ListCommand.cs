using System.CommandLine;
using System.Text.Json;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Output;

namespace Sluice.Commands.Price;

/// <summary>One line of the price file: regions and profiles that share a price stand together, as in the file.</summary>
internal sealed record ListedPrice(
    string Row, string Model, string Region, string Profile, string Tier, bool Batch, bool LatencyOptimized, long AboveTokens,
    string Kind, string Usd, long Per, string From, string? Until, string Source, string SourceDate, string? Note);

/// <summary>A model with its on-demand prices for a million tokens in one region; null where there is none.</summary>
internal sealed record ListedModel(
    string Model, string Name, string Provider, string Family, string Region, string? InputUsd, string? OutputUsd,
    string? CacheReadUsd, string? CacheWrite5mUsd, string? CacheWrite1hUsd, string? Note);

/// <summary><c>sluice price list</c>: the models, or every price of some of them.</summary>
internal static class ListCommand
{
    private const string Help = """
        List the models with their prices, or every price of some of them:
        sluice price list --model anthropic.* --region us-gov-west-1 --at 2026-01-31 --format csv
        """;

    public static Command Create(TimeProvider time, Func<string, string?> environment)
    {
        var command = new Command("list", Help);
        var model = new Option<string?>("--model", "-m") { Description = "An id or name, a part of one, or a pattern with *", HelpName = "PATTERN" };
        command.Options.Add(model);
        var place = new PlaceOptions(command, time, environment);
        var format = OutputFormats.Option();
        command.Options.Add(format);
        command.SetAction(parsed => PriceCommand.Run(parsed, place, [], book =>
        {
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(model) is not { Length: > 0 } pattern)
                return WriteModels(output, Models(parsed, book, place), parsed.GetValue(format));
            var models = Matching(book.Models, pattern);
            if (models.Length == 0)
            {
                parsed.InvocationConfiguration.Error.WriteLine(PricedModel.Parse(pattern, book.Models).Problem ?? $"No model fits {pattern}.");
                return ExitCode.No;
            }
            return WritePrices(output, Prices(parsed, book, place, models), parsed.GetValue(format));
        }));
        return command;
    }

    private static KnownModel[] Matching(ModelCatalog models, string pattern)
    {
        if (!pattern.Contains('*') && models.Resolve(pattern) is { Exists: true } exact)
            return [exact];
        var parts = pattern.Split('*', StringSplitOptions.RemoveEmptyEntries);
        return [.. models.All.Where(m => m.Exists && (Fits(m.Id) || Fits(m.Name) || Fits(m.Name.Replace(' ', '-')) || Fits(m.Id[(m.Id.IndexOf('.') + 1)..])))];

        bool Fits(string name)
        {
            var from = 0;
            foreach (var part in parts)
            {
                var at = name.IndexOf(part, from, StringComparison.OrdinalIgnoreCase);
                if (at < 0 || (from == 0 && at > 0 && pattern.Contains('*') && !pattern.StartsWith('*')))
                    return false;
                from = at + part.Length;
            }
            return true;
        }
    }

    private static ListedModel[] Models(ParseResult parsed, PriceBook book, PlaceOptions place)
    {
        var at = place.At(parsed);
        var (region, _) = place.RegionOf(parsed, new PricedModel("", "", null, null, null, null));
        return [.. book.Models.All.Where(m => m.Exists).Select(m =>
        {
            var sheet = book.Sheet(new PriceIdentity { Model = m.Id, Region = region }, at);
            string? Usd(UsageKind kind) => sheet.Find(kind) is { } row ? PriceAnswer.Digits(row.UsdPerMillion) : null;
            return new ListedModel(m.Id, m.Name, m.Provider, m.Family, region, Usd(UsageKind.Input), Usd(UsageKind.Output), Usd(UsageKind.CacheRead), Usd(UsageKind.CacheWrite5m), Usd(UsageKind.CacheWrite1h), m.Note);
        })];
    }

    private static ListedPrice[] Prices(ParseResult parsed, PriceBook book, PlaceOptions place, KnownModel[] models)
    {
        var day = DateOnly.FromDateTime(place.At(parsed).UtcDateTime);
        var region = place.Region(parsed);
        var ids = models.Select(m => m.Id).ToHashSet(StringComparer.Ordinal);
        return [.. book.OwnPrices.Concat(book.Rows)
            .Where(r => ids.Contains(r.Model) && r.From <= day && (r.Until is not { } until || day < until) && (region is null || AwsRegions.Matches(r.Region, region)))
            .GroupBy(r => r.Id, StringComparer.Ordinal)
            .Select(line => Listed(line.First(), string.Join(' ', line.Select(r => r.Region).Distinct(StringComparer.Ordinal)), string.Join(' ', line.Select(r => r.Profile ?? "bare").Distinct(StringComparer.Ordinal))))];
    }

    private static ListedPrice Listed(PriceRow row, string regions, string profiles) => new(
        row.Id, row.Model, regions, profiles, row.Tier.Name(), row.Batch, row.LatencyOptimized, row.AboveTokens, row.Kind.Name(),
        PriceAnswer.Digits(row.Usd), row.Per, PriceAnswer.Day(row.From), row.Until is { } until ? PriceAnswer.Day(until) : null,
        row.Source, PriceAnswer.Day(row.SourceDate), row.Note);

    private static int WriteModels(TextWriter output, ListedModel[] models, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Json:
                output.WriteLine(JsonSerializer.Serialize(models, PriceJson.Readable.ListedModelArray));
                break;
            case OutputFormat.Csv:
                Terminal.WriteCsv(output, ["model", "name", "provider", "family", "region", "input_usd", "output_usd", "cache_read_usd", "cache_write_5m_usd", "cache_write_1h_usd", "note"],
                    models.Select(m => new[] { m.Model, m.Name, m.Provider, m.Family, m.Region, m.InputUsd, m.OutputUsd, m.CacheReadUsd, m.CacheWrite5mUsd, m.CacheWrite1hUsd, m.Note }));
                break;
            default:
                output.WriteLine($"USD for a million tokens, bare ids, {models[0].Region}; sluice price list --model NAME shows the rest");
                var table = new TextTable(("Model", false), ("Input", true), ("Output", true), ("Read", true), ("Write 5m", true), ("Write 1h", true));
                foreach (var m in models.Where(m => m.InputUsd is not null || m.OutputUsd is not null))
                    table.AddRow(m.Name, m.InputUsd ?? "-", m.OutputUsd ?? "-", m.CacheReadUsd ?? "-", m.CacheWrite5mUsd ?? "-", m.CacheWrite1hUsd ?? "-");
                table.Write(output);
                break;
        }
        return ExitCode.Ok;
    }

    private static int WritePrices(TextWriter output, ListedPrice[] prices, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Json:
                output.WriteLine(JsonSerializer.Serialize(prices, PriceJson.Readable.ListedPriceArray));
                break;
            case OutputFormat.Csv:
                Terminal.WriteCsv(output, ["row", "model", "region", "profile", "tier", "batch", "latency_optimized", "above_tokens", "kind", "usd", "per", "from", "until", "source", "source_date", "note"],
                    prices.Select(p => new[] { p.Row, p.Model, p.Region, p.Profile, p.Tier, p.Batch ? "yes" : "", p.LatencyOptimized ? "yes" : "", PriceCommand.Number(p.AboveTokens), p.Kind, p.Usd, PriceCommand.Number(p.Per), p.From, p.Until, p.Source, p.SourceDate, p.Note }));
                break;
            default:
                foreach (var model in prices.GroupBy(p => p.Model, StringComparer.Ordinal))
                    WriteTable(output, model.Key, model);
                break;
        }
        return prices.Length == 0 ? ExitCode.No : ExitCode.Ok;
    }

    private static void WriteTable(TextWriter output, string model, IEnumerable<ListedPrice> prices)
    {
        output.WriteLine(model);
        var table = new TextTable(("Kind", false), ("Where", false), ("USD", true), ("Per", true), ("From", false));
        foreach (var p in prices)
        {
            var mode = p.Batch ? ", batch" : p.LatencyOptimized ? ", fast" : p.Tier == "default" ? "" : $", {p.Tier}";
            var band = p.AboveTokens == 0 ? "" : $" > {PriceCommand.Grouped(p.AboveTokens)}";
            var per = p.Per == 1_000_000 ? "M" : PriceCommand.Grouped(p.Per);
            table.AddRow(p.Kind + band + mode, $"{p.Profile}: {p.Region}", p.Usd, per, $"{p.Row}, {p.Source} {p.SourceDate}");
        }
        table.Write(output);
    }
}
