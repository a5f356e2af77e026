using System.Text.Json;
using Sluice.Commands.Spend;
using Sluice.Insights.Spend;

namespace Sluice.Output;

/// <summary>Spend of bills as a listing, the same on the command line and over HTTP.</summary>
internal static class BillListing
{
    /// <summary>For programs. CSV has the rows alone; JSON also says what they are and what they leave out.</summary>
    public static void Write(TextWriter output, BillQuery query, BillAnswer answer, OutputFormat format)
    {
        var rows = Of(query.GroupBy, answer.Rows);
        if (format == OutputFormat.Csv)
        {
            rows.Write(output, format);
            return;
        }
        var notes = BilledSpend.Notes(answer.Remarks).Select(n => $"\"{JsonEncodedText.Encode(n)}\"");
        output.Write($$"""{"basis": "billed", "cost_basis": "{{answer.CostBasis(query.Cost)}}", "unpriced": {{answer.Rows.Sum(r => r.UnpricedLines)}}, "notes": [{{string.Join(", ", notes)}}], "rows": """);
        rows.Write(output, format);
        output.WriteLine("}");
    }

    /// <summary>All columns, with a name for each of <paramref name="groupBy"/>.</summary>
    private static Listing Of(IReadOnlyList<string> groupBy, IReadOnlyList<BillRow> rows)
    {
        // Asked for by name, it is there already.
        string[] currency = groupBy.Contains("currency", StringComparer.Ordinal) ? [] : ["currency"];
        var table = new Listing([.. groupBy, .. currency, "lines", "unpriced_lines", "input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "units", "cost"]);
        foreach (var row in Ordered(groupBy, rows))
        {
            table.Add(
            [
                .. row.Group, .. currency.Select(_ => row.Currency), row.Lines, row.UnpricedLines,
                Whole(row.Input), Whole(row.CacheRead), Whole(row.CacheWrite5m), Whole(row.CacheWrite1h), Whole(row.Output), row.Units, row.Cost,
            ]);
        }
        return table;
    }

    /// <summary>The columns that have something in them, so that the table fits a terminal, and a last row with the sums of each currency.</summary>
    public static Listing ForPeople(IReadOnlyList<string> groupBy, IReadOnlyList<BillRow> rows)
    {
        (string Name, Func<BillRow, object?> Value, bool Show)[] columns =
        [
            ("unpriced", r => r.UnpricedLines, rows.Any(r => r.UnpricedLines > 0)),
            ("input", r => Whole(r.Input), rows.Any(r => r.Input != 0)),
            ("cache read", r => Whole(r.CacheRead), rows.Any(r => r.CacheRead != 0)),
            ("write 5m", r => Whole(r.CacheWrite5m), rows.Any(r => r.CacheWrite5m != 0)),
            ("write 1h", r => Whole(r.CacheWrite1h), rows.Any(r => r.CacheWrite1h != 0)),
            ("output", r => Whole(r.Output), rows.Any(r => r.Output != 0)),
            ("units", r => r.Units, rows.Any(r => r.Units is not (null or 0))),
            ("cost", r => Amount.Of(r.Cost), true),
            ("currency", r => Named(r.Currency), true),
        ];
        var shown = columns.Where(c => c.Show).ToList();
        var table = new Listing([.. groupBy, .. shown.Select(c => c.Name)]);
        foreach (var row in Ordered(groupBy, rows))
            table.Add([.. row.Group.Select(g => g.Length == 0 ? "(none)" : g), .. shown.Select(c => c.Value(row))]);
        foreach (var currency in rows.GroupBy(r => r.Currency, StringComparer.Ordinal).Where(g => g.Skip(1).Any()).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var total = Sum(currency.Key, [.. currency]);
            table.AddTotal([.. groupBy.Select((_, i) => i == 0 ? "total" : ""), .. shown.Select(c => c.Value(total))], r => Equals(r[^1], Named(currency.Key)));
        }
        return table;
    }

    private static string Named(string currency) => currency.Length == 0 ? "(none)" : currency;

    private static BillRow Sum(string currency, List<BillRow> rows) => new()
    {
        Group = [],
        Currency = currency,
        Lines = rows.Sum(r => r.Lines),
        UnpricedLines = rows.Sum(r => r.UnpricedLines),
        Input = rows.Sum(r => r.Input),
        CacheRead = rows.Sum(r => r.CacheRead),
        CacheWrite5m = rows.Sum(r => r.CacheWrite5m),
        CacheWrite1h = rows.Sum(r => r.CacheWrite1h),
        Output = rows.Sum(r => r.Output),
        Cost = rows.Exists(r => r.Cost is not null) ? rows.Sum(r => r.Cost ?? 0) : null,
    };

    /// <summary>Time runs forward; everything else goes by cost, the largest first.</summary>
    private static IEnumerable<BillRow> Ordered(IReadOnlyList<string> groupBy, IReadOnlyList<BillRow> rows) =>
        groupBy is [] || groupBy[0] is not ("hour" or "day" or "month")
            ? rows.OrderByDescending(r => r.Cost).ThenBy(r => string.Join(' ', r.Group), StringComparer.Ordinal).ThenBy(r => r.Currency, StringComparer.Ordinal)
            : rows.OrderBy(r => r.Group[0], StringComparer.Ordinal).ThenByDescending(r => r.Cost).ThenBy(r => string.Join(' ', r.Group), StringComparer.Ordinal).ThenBy(r => r.Currency, StringComparer.Ordinal);

    private static long Whole(decimal tokens) => (long)decimal.Round(tokens);
}
