using Sluice.Core;
using Sluice.Insights.Imports;
using Sluice.Insights.Store;
using Sluice.Output;

namespace Sluice.Commands.Import;

/// <summary>What became of the files.</summary>
internal static class ImportReport
{
    private const int ShownServices = 15;

    public static void Write(TextWriter output, IReadOnlyList<ImportResult> results, OutputFormat format)
    {
        if (format != OutputFormat.Table)
        {
            var listing = new Listing("file", "source", "service", "currency", "generative_ai", "rows", "billed", "unknown_rows", "set_aside", "new_charges", "restated_charges", "removed_charges", "known_rows");
            foreach (var result in results)
            {
                foreach (var service in result.Services)
                {
                    var unknown = result.Unknown.Where(u => u.Service == service.Service && u.Currency == service.Currency).Sum(u => u.Rows);
                    listing.Add(result.File, result.Source.Name(), service.Service, service.Currency, service.IsGenerativeAi, service.Rows, service.Billed, unknown, result.SetAside, result.NewCharges, result.RestatedCharges, result.RemovedCharges, result.KnownRows);
                }
            }
            listing.Write(output, format);
            return;
        }
        foreach (var result in results)
            WriteForPeople(output, result);
    }

    private static void WriteForPeople(TextWriter output, ImportResult result)
    {
        output.WriteLine($"{result.File} ({result.Source.Name()}): {Counted.Of(result.Rows, "row")}; {Counted.Of(result.NewCharges, "new charge")}, {result.RestatedCharges:#,0} restated{(result.RemovedCharges > 0 ? $", {result.RemovedCharges:#,0} taken out that the bill no longer has" : "")}{(result.KnownRows > 0 ? $"; {Counted.Of(result.KnownRows, "row")} {Counted.Word(result.KnownRows, "was", "were")} known" : "")}.");
        var services = new Listing("service", "rows", "billed", "currency", "generative AI");
        foreach (var service in result.Services.Take(ShownServices))
            services.Add(Shown(service.Service), service.Rows, service.Billed, Shown(service.Currency), service.IsGenerativeAi);
        services.Write(output, OutputFormat.Table);
        if (result.Source.IsCount())
            output.WriteLine("It counts without money; it is kept apart from bills, which count the same, and is in no sum of theirs.");
        else if (result.Rows > 0 && !result.Services.Any(s => s.IsGenerativeAi))
            output.WriteLine("Nothing of it is known as generative AI, which is all that spend and reports show; sluice spend --basis billed --all-services shows it.");
        if (result.Services.Count > ShownServices)
            output.WriteLine($"and {Counted.Of(result.Services.Count - ShownServices, "more service")}; --format csv lists all.");
        foreach (var warning in result.Warnings)
            output.WriteLine($"Note: {warning}.");
        if (result.Unknown.Count > 0)
        {
            output.WriteLine("Not understood, kept and labelled unknown:");
            var unknown = new Listing("usage type", "service", "unknown", "rows", "billed", "currency");
            foreach (var usage in result.Unknown)
                unknown.Add(usage.UsageType, usage.Service, usage.Unknown, usage.Rows, usage.Billed, Shown(usage.Currency));
            unknown.Write(output, OutputFormat.Table);
        }
        if (result.SetAside == 0)
            return;
        output.WriteLine($"Set aside, and in no sum: {result.SetAside:#,0}");
        foreach (var row in result.SetAsideRows)
            output.WriteLine($"  {row.Place}, line {row.Line}: {row.Reason}");
        if (result.SetAside > result.SetAsideRows.Count)
            output.WriteLine($"  and {result.SetAside - result.SetAsideRows.Count:#,0} more.");
    }

    private static string Shown(string text) => text.Length == 0 ? "(none)" : text;
}
