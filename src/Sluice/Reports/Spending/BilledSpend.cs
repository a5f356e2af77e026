using System.Globalization;
using Sluice.Insights.Spend;
using Sluice.Insights.Store;
using Sluice.Output;

namespace Sluice.Reports.Spending;

/// <summary>Spend as bills have it.</summary>
internal static class BilledSpend
{
    private static readonly ReportColumn Currency = new("currency", ColumnType.Text, "Of cost; empty if the bill states none") { ForPeople = value => value is "" ? "(none)" : value };

    private static readonly ReportColumn[] Own =
    [
        new("lines", ColumnType.Count, "Lines of bills") { View = ColumnView.Programs },
        new("unpriced_lines", ColumnType.Count, "Lines that don't state the cost asked for, and are in no sum") { View = ColumnView.PeopleIfAny, Heading = "unpriced" },
        new("input", ColumnType.Tokens, "Input tokens at the full price") { View = ColumnView.PeopleIfAny },
        new("cache_read", ColumnType.Tokens, "Input tokens read from the prompt cache") { View = ColumnView.PeopleIfAny },
        new("cache_write_5m", ColumnType.Tokens, "Input tokens written to the prompt cache for 5 minutes") { View = ColumnView.PeopleIfAny, Heading = "write 5m" },
        new("cache_write_1h", ColumnType.Tokens, "Input tokens written to the prompt cache for an hour") { View = ColumnView.PeopleIfAny, Heading = "write 1h" },
        new("output", ColumnType.Tokens, "Output tokens") { View = ColumnView.PeopleIfAny },
        new("units", ColumnType.Number, "What is counted beside tokens, if all of it has one unit") { View = ColumnView.PeopleIfAny },
        new("cost", ColumnType.Amount, "The cost asked for, in the row's currency"),
        // People read the currency after the amount.
        ReportColumn.Derive("currency", row => Currency.ForPeople!(row["currency"])),
    ];

    public static ReportTable Answer(BillQuery query, CostStore store)
    {
        var answer = BillSpend.Ask(store, query);
        // Asked for by name, it is there already.
        var isGrouped = query.GroupBy.Contains(Currency.Name, StringComparer.Ordinal);
        ReportColumn[] columns =
        [
            .. query.GroupBy.Select(ReportColumn.Group), .. isGrouped ? Array.Empty<ReportColumn>() : [Currency with { View = ColumnView.Programs }],
            .. isGrouped ? Own[..^1] : Own,
        ];
        var table = new ReportTable(columns)
        {
            Rows = [.. Ordered(query.GroupBy, answer.Rows).Select(r => Cells(r, r.Group, isGrouped))],
            Basis = "billed",
            CostBasis = answer.CostBasis(query.Cost),
            Currency = answer.Rows.Select(r => r.Currency).Distinct(StringComparer.Ordinal).Take(2).ToList() is [{ Length: > 0 } one] ? one : null,
            From = query.From,
            To = query.To,
            CompleteUntil = CompleteUntil(store),
            Lead = [$"Billed, {query.Cost.ToString().ToLowerInvariant()} cost."],
            Facts = [("unpriced", answer.Rows.Sum(r => r.UnpricedLines))],
            Notes = [.. Notes(answer), .. answer.Rows.Count == 0 ? [NothingFound.Billed(store, query)] : Array.Empty<string>()],
        };
        return table with { Totals = [.. Totals(table, query, answer, isGrouped)] };
    }

    /// <summary>Until when the sources of bills with money reach; null if there is none.</summary>
    public static DateTimeOffset? CompleteUntil(CostStore store) =>
        store.Sources().Where(s => !SourcePrecedence.CountsTokensOnly(s.Source)).Select(s => (DateTimeOffset?)s.Until).DefaultIfEmpty(null).Max();

    private static IEnumerable<ReportTotal> Totals(ReportTable table, BillQuery query, BillAnswer answer, bool isGrouped) => answer.Rows
        .GroupBy(r => r.Currency, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
        .Select(currency => new ReportTotal(Cells(Sum(currency.Key, [.. currency]), [.. query.GroupBy.Select(name => name == Currency.Name ? currency.Key : (string?)null)], isGrouped))
        {
            Sums = row => Equals(table.Value(row, Currency.Name), currency.Key),
            IsForPeople = currency.Skip(1).Any() && query.GroupBy.Count > 0,
        });

    private static object?[] Cells(BillRow row, IReadOnlyList<string?> group, bool isGrouped) =>
    [
        .. group, .. isGrouped ? Array.Empty<object?>() : [row.Currency], row.Lines, row.UnpricedLines,
        Whole(row.Input), Whole(row.CacheRead), Whole(row.CacheWrite5m), Whole(row.CacheWrite1h), Whole(row.Output), row.Units, Amount.Of(row.Cost),
    ];

    private static IEnumerable<string> Notes(BillAnswer answer)
    {
        if (answer.Rows.Sum(r => r.UnpricedLines) is > 0 and var unpriced)
            yield return string.Create(CultureInfo.InvariantCulture, $"{unpriced:#,0} lines of bills don't state this cost and are in no sum of money.");
        foreach (var note in BillNotes.Of(answer.Remarks))
            yield return note;
    }

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
    private static IEnumerable<BillRow> Ordered(IReadOnlyList<string> groupBy, IReadOnlyList<BillRow> rows)
    {
        var byTime = groupBy is [] || groupBy[0] is not ("hour" or "day" or "month")
            ? rows.OrderByDescending(r => r.Cost)
            : rows.OrderBy(r => r.Group[0], StringComparer.Ordinal).ThenByDescending(r => r.Cost);
        return byTime.ThenBy(r => string.Join(' ', r.Group), StringComparer.Ordinal).ThenBy(r => r.Currency, StringComparer.Ordinal);
    }

    private static long Whole(decimal tokens) => (long)decimal.Round(tokens);
}
