using System.Globalization;
using Sluice.Ledger.Queries;

namespace Sluice.Reports.Spending;

/// <summary>Spend as the ledger has it.</summary>
internal static class LedgerSpend
{
    public static readonly IReadOnlyList<ReportColumn> Columns =
    [
        new("calls", ColumnType.Count, "Calls; 0 in rows of single kinds, which are parts of calls") { View = ColumnView.PeopleIfAny },
        new("unpriced_calls", ColumnType.Count, "Calls whose cost is not known, and in no sum") { View = ColumnView.PeopleIfAny, Heading = "unpriced" },
        new("estimated_calls", ColumnType.Count, "Calls of which a count was estimated") { View = ColumnView.PeopleIfAny, Heading = "estimated" },
        new("input", ColumnType.Tokens, "Input tokens at the full price"),
        new("cache_read", ColumnType.Tokens, "Input tokens read from the prompt cache") { View = ColumnView.PeopleIfAny },
        new("cache_write_5m", ColumnType.Tokens, "Input tokens written to the prompt cache for 5 minutes") { View = ColumnView.PeopleIfAny, Heading = "write 5m" },
        new("cache_write_1h", ColumnType.Tokens, "Input tokens written to the prompt cache for an hour") { View = ColumnView.PeopleIfAny, Heading = "write 1h" },
        new("output", ColumnType.Tokens, "Output tokens"),
        new("units", ColumnType.Number, "What other kinds count, if rows are of single kinds") { View = ColumnView.PeopleIfAny },
        new("cost_usd", ColumnType.Usd, "The cost of all priced calls, estimated ones included") { Heading = "cost USD" },
        new("estimated_cost_usd", ColumnType.Usd, "The part of cost_usd that rests on an estimated count") { View = ColumnView.PeopleIfAny, Heading = "of it estimated" },
        new("suspect_calls", ColumnType.Count, "Calls whose report of usage contradicts itself") { View = ColumnView.PeopleIfAny, Heading = "suspect" },
    ];

    public static ReportTable Answer(SpendQuery query, LedgerReader ledger)
    {
        var rows = ledger.Spend(query);
        return Of(query.GroupBy, rows) with
        {
            From = query.From,
            To = query.To,
            Notes = rows.Count == 0 ? [NothingFound.Metered(ledger, query)] : [.. Notes(Sum(rows))],
        };
    }

    public static ReportTable Of(IReadOnlyList<string> groupBy, IReadOnlyList<SpendRow> rows) => new([.. groupBy.Select(ReportColumn.Group), .. Columns])
    {
        Rows = [.. Ordered(groupBy, rows).Select(r => Cells(r, r.Group))],
        Totals = [new ReportTotal(Cells(Sum(rows), [.. groupBy.Select(_ => (string?)null)])) { IsForPeople = rows.Count > 1 && groupBy.Count > 0 }],
        Basis = "metered",
        Currency = "USD",
    };

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

    private static object?[] Cells(SpendRow row, IReadOnlyList<string?> group) =>
    [
        .. group, row.Calls, row.UnpricedCalls, row.EstimatedCalls, row.Input, row.CacheRead, row.CacheWrite5m, row.CacheWrite1h, row.Output, row.Units,
        row.Cost, row.EstimatedCost, row.SuspectCalls,
    ];

    private static IEnumerable<string> Notes(SpendRow total)
    {
        if (total.UnpricedCalls > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{Calls(total.UnpricedCalls)} no known cost and {(total.UnpricedCalls == 1 ? "is" : "are")} in no sum; 'sluice ledger export' shows why.");
        }
        if (total.SuspectCalls > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{total.SuspectCalls:#,0} {(total.SuspectCalls == 1 ? "call reports" : "calls report")} a usage that contradicts itself and {(total.SuspectCalls == 1 ? "is" : "are")} booked as reported; usage_suspect in the export says how, and 'sluice reconcile' which reading the bill has.");
        }
    }

    private static string Calls(long count) => count == 1 ? "1 call has" : string.Create(CultureInfo.InvariantCulture, $"{count:#,0} calls have");

    /// <summary>Time runs forward; everything else goes by cost, the largest first.</summary>
    private static IEnumerable<SpendRow> Ordered(IReadOnlyList<string> groupBy, IReadOnlyList<SpendRow> rows) =>
        groupBy is [] || groupBy[0] is not ("hour" or "day" or "month")
            ? rows.OrderByDescending(r => r.Cost.Usd).ThenBy(r => string.Join(' ', r.Group), StringComparer.Ordinal)
            : rows.OrderBy(r => r.Group[0], StringComparer.Ordinal).ThenByDescending(r => r.Cost.Usd);
}
