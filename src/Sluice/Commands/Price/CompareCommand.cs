using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Sluice.Core;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Output;

namespace Sluice.Commands.Price;

/// <summary>What the workload costs on one model in one way of calling it.</summary>
/// <param name="Requested">The words of the question.</param>
/// <param name="Model">The base model id.</param>
/// <param name="Profile">The profile prefix, or null.</param>
/// <param name="Region">The region that is called.</param>
/// <param name="At">The day whose prices these are.</param>
/// <param name="Mode"><c>on_demand</c>, <c>flex</c>, <c>batch</c> or <c>provisioned</c>.</param>
/// <param name="CostUsd">Null where it has no price.</param>
/// <param name="TimesCheapest">How many times the cheapest cost this is, to two decimals.</param>
/// <param name="Rows">The rows of the price book that the cost comes from.</param>
/// <param name="Note">What was assumed, or why there is no price.</param>
internal sealed record ComparedCost(
    string Requested, string Model, string? Profile, string Region, string At, string Mode, string? CostUsd, string? TimesCheapest, string[] Rows, string? Note);

/// <summary><c>sluice price compare</c>: one workload on several models, on demand, in flex, in batch and provisioned.</summary>
internal static class CompareCommand
{
    private const string Help = """
        Price one workload on several models and in every way of calling them, the cheapest first:
        sluice price compare claude-3.5-sonnet nova-pro --input 15000000000 --output 2500000000 --units 2 --unit-usd 158.40
        """;

    private sealed record Question(PriceBook Book, PricedModel Model, PriceIdentity Identity, Usage Usage, long? Calls, DateTimeOffset At);

    private sealed record Units(int Count, decimal Hours, UsageKind Commitment, decimal? UnitUsd);

    public static Command Create(TimeProvider time, Func<string, string?> environment)
    {
        var command = new Command("compare", Help);
        var models = new Argument<string[]>("MODEL") { Description = "Models in any form that sluice price takes", Arity = ArgumentArity.OneOrMore };
        command.Arguments.Add(models);
        var place = new PlaceOptions(command, time, environment);
        var workload = new WorkloadOptions(command);
        var units = new Option<int?>("--units") { Description = "Compare with this many model units of provisioned throughput", HelpName = "N" };
        var hours = new Option<decimal>("--hours") { Description = "Hours that they are kept", HelpName = "H", DefaultValueFactory = _ => ProvisionedThroughput.HoursPerMonth };
        var commitment = new Option<string>("--commitment") { Description = "none, 1-month or 6-month", HelpName = "TERM", DefaultValueFactory = _ => "1-month" }.AcceptOnlyFromAmong("none", "1-month", "6-month");
        var unitUsd = new Option<decimal?>("--unit-usd") { Description = "What you were quoted for a unit and hour; AWS publishes no such price of current models", HelpName = "USD" };
        var format = OutputFormats.Option();
        foreach (var option in new Option[] { units, hours, commitment, unitUsd, format })
            command.Options.Add(option);
        command.SetAction(parsed => PriceCommand.Run(parsed, place, [workload.Problem(parsed), Problem(parsed.GetValue(units), parsed.GetValue(hours), parsed.GetValue(unitUsd))], book =>
        {
            var asked = parsed.GetValue(units) is { } count ? new Units(count, parsed.GetValue(hours), Commitment(parsed.GetValue(commitment)), parsed.GetValue(unitUsd)) : null;
            ComparedCost[] costs = Ranked(parsed.GetRequiredValue(models).SelectMany(text =>
            {
                var model = PricedModel.Parse(text, book.Models);
                var identity = new PriceIdentity { Model = model.Id, Region = place.RegionOf(parsed, model).Region, Profile = model.Profile };
                return Costs(new Question(book, model, identity, workload.Usage(parsed), workload.Calls(parsed), place.At(parsed)), asked);
            }));
            Write(parsed.InvocationConfiguration.Output, costs, parsed.GetValue(format));
            return costs.GroupBy(c => c.Requested, StringComparer.Ordinal).All(m => m.Any(c => c.CostUsd is not null)) ? ExitCode.Ok : ExitCode.No;
        }));
        return command;
    }

    private static string? Problem(int? units, decimal hours, decimal? unitUsd)
    {
        if (units is < 1 || hours <= 0 || unitUsd is <= 0)
            return "--units, --hours and --unit-usd are numbers above 0.";
        return units is null && unitUsd is not null ? "--unit-usd is the price of one unit: say with --units how many there are." : null;
    }

    private static UsageKind Commitment(string? term) => term switch
    {
        "none" => UsageKind.ModelUnitHour,
        "6-month" => UsageKind.ModelUnitHour6Month,
        _ => UsageKind.ModelUnitHour1Month,
    };

    private static IEnumerable<ComparedCost> Costs(Question question, Units? units)
    {
        var onDemand = Tokens(question, "on_demand", question.Identity, question.Usage, null);
        yield return onDemand;
        if (question.Model.Problem is not null)
            yield break;
        var flex = Tokens(question, "flex", question.Identity with { Tier = ServiceTier.Flex }, question.Usage, null);
        if (flex.CostUsd is not null)
            yield return flex;
        var usage = question.Usage;
        var cached = usage.CacheRead + usage.CacheWrite5m + usage.CacheWrite1h;
        yield return Tokens(question, "batch", question.Identity with { Batch = true },
            usage with { Input = usage.ContextTokens, CacheRead = 0, CacheWrite5m = 0, CacheWrite1h = 0 },
            cached > 0 ? "no prompt cache: cached tokens priced as input" : null);
        if (units is not null)
            yield return Provisioned(question, units, onDemand.CostUsd);
    }

    private static ComparedCost Tokens(Question question, string mode, PriceIdentity identity, Usage usage, string? note)
    {
        var answer = PriceAnswer.To(question.Book, question.Model, identity, "", usage, question.Calls, question.At);
        return Cost(question, mode, answer.CostUsd, [.. answer.Lines.Select(l => l.Row)], answer.CostUsd is null ? answer.Unpriced.FirstOrDefault()?.Reason ?? answer.Reason : note);
    }

    private static ComparedCost Provisioned(Question question, Units units, string? onDemandUsd)
    {
        var row = question.Book.Find(question.Identity with { Profile = null }, units.Commitment, 0, question.At);
        if ((units.UnitUsd ?? row?.Usd) is not { } usd)
            return Cost(question, "provisioned", null, [], $"{question.Book.Explain(question.Identity with { Profile = null }, units.Commitment, question.At).Why} Give the price that you were quoted with --unit-usd.");
        var cost = ProvisionedThroughput.Cost(units.Count, usd, units.Hours);
        var note = $"{units.Count} x {PriceCommand.Number(usd)} USD x {PriceCommand.Number(units.Hours)} h, whether used or not";
        if (Money.TryParse(onDemandUsd, out var onDemand) && onDemand > Money.Zero)
            note += $"; as much as {decimal.Round(ProvisionedThroughput.BreakEvenCalls(cost, onDemand), 2)} times this workload on demand, if the units can carry it";
        return Cost(question, "provisioned", cost.ToString(), units.UnitUsd is null ? [row!.Id] : [], note);
    }

    private static ComparedCost Cost(Question question, string mode, string? usd, string[] rows, string? note) =>
        new(question.Model.Requested, question.Identity.Model, question.Identity.Profile, question.Identity.Region, PriceAnswer.Day(DateOnly.FromDateTime(question.At.UtcDateTime)), mode, usd, null, rows, note);

    /// <summary>The cheapest first, and what has no price last.</summary>
    private static ComparedCost[] Ranked(IEnumerable<ComparedCost> costs)
    {
        var ranked = costs.Select(c => (Cost: c, Usd: Money.TryParse(c.CostUsd, out var usd) ? usd.Usd : (decimal?)null))
            .OrderBy(c => c.Usd is null).ThenBy(c => c.Usd).ToArray();
        var cheapest = ranked.Length > 0 ? ranked[0].Usd : null;
        return [.. ranked.Select(c => c.Usd is { } usd && cheapest > 0 ? c.Cost with { TimesCheapest = (usd / cheapest.Value).ToString("0.00", CultureInfo.InvariantCulture) } : c.Cost)];
    }

    private static void Write(TextWriter output, ComparedCost[] costs, OutputFormat format)
    {
        switch (format)
        {
            case OutputFormat.Json:
                output.WriteLine(JsonSerializer.Serialize(costs, PriceJson.Readable.ComparedCostArray));
                break;
            case OutputFormat.Csv:
                Terminal.WriteCsv(output, ["requested", "model", "profile", "region", "at", "mode", "cost_usd", "times_cheapest", "rows", "note"],
                    costs.Select(c => new[] { c.Requested, c.Model, c.Profile, c.Region, c.At, c.Mode, c.CostUsd, c.TimesCheapest, string.Join("; ", c.Rows), c.Note }));
                break;
            default:
                WriteTable(output, costs);
                break;
        }
    }

    private static void WriteTable(TextWriter output, ComparedCost[] costs)
    {
        string[] regions = [.. costs.Select(c => c.Region).Distinct(StringComparer.Ordinal)];
        output.WriteLine($"{string.Join(" and ", regions)}, prices of {costs[0].At}");
        var table = new TextTable(("Model", false), ("Way", false), ("USD", true), ("x cheapest", true));
        foreach (var c in costs.Where(c => c.CostUsd is not null))
            table.AddRow(regions.Length == 1 ? c.Requested : $"{c.Requested} in {c.Region}", PriceCommand.Words(c.Mode), c.CostUsd!, c.TimesCheapest ?? "");
        if (!table.IsEmpty)
            table.Write(output);
        foreach (var note in costs.Where(c => c.CostUsd is not null && c.Note is not null).Select(c => c.Mode == "provisioned" ? $"{c.Requested} provisioned: {c.Note}" : $"{PriceCommand.Words(c.Mode)}: {c.Note}").Distinct(StringComparer.Ordinal))
            output.WriteLine(note);
        foreach (var c in costs.Where(c => c.CostUsd is null))
            output.WriteLine($"Unpriced {PriceCommand.Words(c.Mode)}: {c.Note}");
    }
}
