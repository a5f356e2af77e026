using Sluice.Ledger.Queries;

namespace Sluice.Output;

/// <summary>Spend as a listing, the same on the command line and over HTTP.</summary>
internal static class SpendListing
{
    /// <summary>All columns, with a name for each of <paramref name="groupBy"/>.</summary>
    public static Listing Of(IReadOnlyList<string> groupBy, IReadOnlyList<SpendRow> rows)
    {
        var table = new Listing([.. groupBy, "calls", "unpriced_calls", "estimated_calls", "input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "units", "cost_usd", "estimated_cost_usd", "suspect_calls"]);
        foreach (var row in Ordered(groupBy, rows))
        {
            table.Add([.. row.Group, row.Calls, row.UnpricedCalls, row.EstimatedCalls, row.Input, row.CacheRead, row.CacheWrite5m, row.CacheWrite1h, row.Output, row.Units, row.Cost, row.EstimatedCost, row.SuspectCalls]);
        }
        return table;
    }

    /// <summary>The columns that have something in them, so that the table fits a terminal, and a last row with the sums.</summary>
    public static Listing ForPeople(IReadOnlyList<string> groupBy, IReadOnlyList<SpendRow> rows)
    {
        (string Name, Func<SpendRow, object> Value, bool Show)[] columns =
        [
            ("calls", r => r.Calls, rows.Any(r => r.Calls > 0)),
            ("unpriced", r => r.UnpricedCalls, rows.Any(r => r.UnpricedCalls > 0)),
            ("estimated", r => r.EstimatedCalls, rows.Any(r => r.EstimatedCalls > 0)),
            ("suspect", r => r.SuspectCalls, rows.Any(r => r.SuspectCalls > 0)),
            ("input", r => r.Input, true),
            ("cache read", r => r.CacheRead, rows.Any(r => r.CacheRead > 0)),
            ("write 5m", r => r.CacheWrite5m, rows.Any(r => r.CacheWrite5m > 0)),
            ("write 1h", r => r.CacheWrite1h, rows.Any(r => r.CacheWrite1h > 0)),
            ("output", r => r.Output, true),
            ("units", r => r.Units, rows.Any(r => r.Units > 0)),
            ("cost USD", r => r.Cost, true),
            ("of it estimated", r => r.EstimatedCost, rows.Any(r => r.EstimatedCost.Usd != 0)),
        ];
        var shown = columns.Where(c => c.Show).ToList();
        var table = new Listing([.. groupBy, .. shown.Select(c => c.Name)]);
        foreach (var row in Ordered(groupBy, rows))
            table.Add([.. row.Group.Select(g => g.Length == 0 ? "(none)" : g), .. shown.Select(c => c.Value(row))]);
        if (rows.Count > 1)
        {
            var total = Sum(rows);
            table.AddTotal([.. groupBy.Select((_, i) => i == 0 ? "total" : ""), .. shown.Select(c => c.Value(total))]);
        }
        return table;
    }

    public static SpendRow Sum(IReadOnlyList<SpendRow> rows)
    {
        var total = new SpendRow { Group = [] };
        foreach (var row in rows)
        {
            total = total with
            {
                Calls = total.Calls + row.Calls,
                UnpricedCalls = total.UnpricedCalls + row.UnpricedCalls,
                EstimatedCalls = total.EstimatedCalls + row.EstimatedCalls,
                SuspectCalls = total.SuspectCalls + row.SuspectCalls,
                Input = total.Input + row.Input,
                CacheRead = total.CacheRead + row.CacheRead,
                CacheWrite5m = total.CacheWrite5m + row.CacheWrite5m,
                CacheWrite1h = total.CacheWrite1h + row.CacheWrite1h,
                Output = total.Output + row.Output,
                Units = total.Units + row.Units,
                Cost = total.Cost + row.Cost,
                EstimatedCost = total.EstimatedCost + row.EstimatedCost,
            };
        }
        return total;
    }

    /// <summary>Time runs forward; everything else goes by cost, the largest first.</summary>
    private static IEnumerable<SpendRow> Ordered(IReadOnlyList<string> groupBy, IReadOnlyList<SpendRow> rows) =>
        groupBy is [] || groupBy[0] is not ("hour" or "day" or "month")
            ? rows.OrderByDescending(r => r.Cost.Usd).ThenBy(r => string.Join(' ', r.Group), StringComparer.Ordinal)
            : rows.OrderBy(r => r.Group[0], StringComparer.Ordinal).ThenByDescending(r => r.Cost.Usd);
}
