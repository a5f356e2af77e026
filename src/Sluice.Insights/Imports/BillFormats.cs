using System.Text.Json;
using Sluice.Core;
using Sluice.Insights.Imports.Azure;
using Sluice.Insights.Imports.Cur;
using Sluice.Insights.Imports.Databricks;
using Sluice.Insights.Imports.Files;
using Sluice.Insights.Imports.Focus;
using Sluice.Insights.Imports.Json;
using Sluice.Insights.Imports.Locales;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports;

/// <summary>Tells from the beginning of a file what format it has.</summary>
internal static class BillFormats
{
    private const int NamedColumns = 6;
    private const int LookedAtBytes = 256;

    /// <summary>Whether a file is JSON, by its first byte that says anything.</summary>
    public static bool IsJson(PeekedStream content)
    {
        var start = content.Peek(LookedAtBytes);
        if (start.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            start = start[3..];
        return start.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];
    }

    /// <param name="file">What messages call it.</param>
    /// <param name="said">What the user says it is, or null to find out.</param>
    /// <param name="prices">List prices for a source without money.</param>
    /// <param name="spelling">How the file spells amounts and days, where it is a table.</param>
    /// <param name="setAside">Told of what can't be read: the line and why.</param>
    /// <returns>The format, at its beginning, and what must be disposed of when it has been read.</returns>
    /// <exception cref="ImportException">It is no known bill, or not what was said.</exception>
    public static (IBillFormat Format, IDisposable Content) Open(PeekedStream content, string file, BillSource? said, ListPrices? prices, FieldSpelling spelling, Action<long, string> setAside)
    {
        if (IsJson(content))
        {
            var records = new JsonRecords(content, file, setAside);
            try
            {
                JsonBill? bill = null;
                JsonBill.Reading(records, () => bill = new JsonBill(records, JsonFormat.Detect(records, file, said, prices, out var hasRecord), hasRecord, setAside));
                return (bill!, bill!);
            }
            catch (Exception e) when (e is ImportException or InvalidDataException or JsonException)
            {
                records.Dispose();
                throw;
            }
        }
        var table = BillTable.Open(content, file, Normalise, setAside, spelling);
        try
        {
            return (Detect(table, file, said, prices), table);
        }
        catch (ImportException)
        {
            table.Dispose();
            throw;
        }
    }

    /// <summary>What column names of any format are changed by before they are looked up.</summary>
    private static string Normalise(string header) => header.Contains('/', StringComparison.Ordinal) ? CurFormat.Normalise(header) : header;

    private static IBillFormat Detect(BillTable table, string file, BillSource? said, ListPrices? prices)
    {
        if (table.Headers.Count == 0)
            throw new ImportException($"'{file}' is empty; a bill begins with a line of column names.");
        var format = said is { } source
            ? TableFormat.All.FirstOrDefault(f => f.Source == source) ?? throw new ImportException($"'{file}' is CSV; {source.Name()} is imported as JSON.")
            : TableFormat.All.FirstOrDefault(f => f.Recognises(table, file)) ?? throw new ImportException(
                $"'{file}', line 1: no known bill begins with the columns {Named(table.Headers)}; as a table it must be {string.Join(", ", TableFormat.All.Where(f => f.Mark.Length > 0).Select(f => f.Mark))}. "
                + $"Say which with --source {string.Join('|', BillSources.Names)} if it is one.");
        var missing = format.Missing(table).ToList();
        if (missing.Count > 0)
            throw new ImportException($"'{file}', line 1: {string.Join(", ", missing)} {Counted.Word(missing.Count, "is a column", "are columns")} that a {format.Source.Name()} bill can't do without; export it again with {Counted.Word(missing.Count, "it", "them")}. The file has {Named(table.Headers)}.");
        return format.Open(table, prices);
    }


    /// <summary>The first few; a file that is not what it says may have thousands, and long ones.</summary>
    public static string Named(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(NamedColumns).Select(h => $"'{(h.Length > 40 ? h[..40] + "..." : h)}'"))
        + (names.Count > NamedColumns ? $" and {names.Count - NamedColumns} more" : "");
}
