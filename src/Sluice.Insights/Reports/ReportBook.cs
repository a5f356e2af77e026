using System.Globalization;
using Sluice.Insights.Spend;
using Sluice.Insights.Store;
using Sluice.Ledger.Queries;

namespace Sluice.Insights.Reports;

/// <summary>What a report is asked with.</summary>
public sealed record ReportQuery
{
    /// <summary>Null for the report's own range, which ends where what there is ends.</summary>
    public DateTimeOffset? From { get; init; }

    public DateTimeOffset? To { get; init; }

    public IReadOnlyDictionary<string, IReadOnlyList<string>> Filters { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>Of bills; the ledger has one cost.</summary>
    public BillCost Cost { get; init; }
}

/// <summary>A report: rows, and all that must be said for them to mean something.</summary>
public sealed record ReportAnswer
{
    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary><c>billed</c> or <c>metered</c>.</summary>
    public required string Basis { get; init; }

    /// <summary>Which cost: that of the bill, or <c>metered</c>; see <see cref="BillAnswer.CostBasis"/>.</summary>
    public required string Cost { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    /// <summary>What the sources reach over; the ledger as far as the report goes.</summary>
    public required IReadOnlyList<SourceCoverage> Coverage { get; init; }

    public IReadOnlyDictionary<(string Source, BillRemark Why), long> Remarks { get; init; } = new Dictionary<(string, BillRemark), long>();

    /// <summary>Calls or lines whose cost is not known; null where no row shows a cost.</summary>
    public long? Unpriced { get; init; }

    public required IReadOnlyList<string> Columns { get; init; }

    public required IReadOnlyList<object?[]> Rows { get; init; }
}

/// <summary>The reports that come with Sluice.</summary>
public static class ReportBook
{
    private static readonly ReportWindow Days30 = new(0, 30, 0);

    private static readonly SpendReport[] Reports =
    [
        new("spend-by-provider", "Spend by provider and month", new ReportWindow(12, 0, 0), false, ["month", "provider"], ["month", "provider", "currency", "cost", "unpriced"], r => r.Costs()),
        new("spend-by-family", "Spend by model family and day", new ReportWindow(0, 14, 0), false, ["day", "family"], ["day", "family", "currency", "cost", "unpriced"], r => r.Costs()),
        new("tokens-by-model", "Tokens by model and kind", Days30, false, ["model", "kind"], ["model", "kind", "tokens", "currency", "cost", "unpriced"], r => r.Tokens()),
        new("tokens-by-hour", "Tokens by provider and hour", new ReportWindow(0, 0, 48), false, ["hour", "provider", "kind"], ["hour", "provider", "input", "cache_read", "cache_write", "output"], r => r.Hours()),
        new("cost-per-task", "Cost per task", Days30, true, ["task"], ["task", "calls", "currency", "cost", "cost_per_call", "unpriced"], r => r.Calls()),
        new("cache-savings", "What prompt caching saved", Days30, false, CacheSavings.By, ["model", "cached_share", "currency", "read_saving", "write_premium", "net_saving", "unknown_tokens"], r => r.Caching()),
        new("spend-by-team", "Spend by team", Days30, false, ["team"], ["team", "currency", "cost", "share", "unpriced"], r => r.Shares()),
    ];

    /// <summary>Name and title of each.</summary>
    public static IReadOnlyList<(string Name, string Title)> All { get; } = [.. Reports.Select(r => (r.Name, r.Title))];

    /// <summary>Whether a report is of the ledger where nobody says otherwise.</summary>
    public static bool IsMetered(string name) => Find(name).IsMetered;

    /// <summary>The names of its columns.</summary>
    public static IReadOnlyList<string> ColumnsOf(string name) => Find(name).Columns;

    /// <summary>From bills.</summary>
    public static ReportAnswer Billed(string name, CostStore store, ReportQuery query)
    {
        var report = Find(name);
        var coverage = store.Sources();
        var end = coverage.Where(c => !SourcePrecedence.CountsTokensOnly(c.Source)).Select(c => c.Until).DefaultIfEmpty(DateTimeOffset.UnixEpoch).Max();
        var (from, to) = Range(report, query, end);
        var answer = BillSpend.Ask(store, new BillQuery { From = from, To = to, GroupBy = report.By, Filters = query.Filters, Cost = query.Cost });
        return Answer(report, from, to, new ReportRows(answer.Rows, isMetered: false)) with
        {
            Basis = "billed",
            Cost = answer.CostBasis(query.Cost),
            Coverage = coverage,
            Remarks = report.By.Contains("hour", StringComparer.Ordinal) ? WithLong(answer.Remarks, store.LongerThanAnHour(from, to)) : answer.Remarks,
            Unpriced = answer.Rows.Sum(r => r.UnpricedLines),
        };
    }

    /// <summary>From the ledger.</summary>
    /// <param name="now">The end of the report's own range.</param>
    public static ReportAnswer Metered(string name, LedgerReader ledger, ReportQuery query, DateTimeOffset now)
    {
        var report = Find(name);
        var (from, to) = Range(report, query, now);
        var asked = new BillQuery { From = from, To = to, GroupBy = report.By, Filters = query.Filters };
        var rows = new ReportRows(MeteredSpend.Ask(ledger, asked), isMetered: true);
        // Of all calls, once each: rows of a report may show the same call by its kinds.
        var days = MeteredSpend.Ask(ledger, asked with { GroupBy = ["day"] });
        return Answer(report, from, to, rows) with { Basis = "metered", Cost = "metered", Coverage = Reach(days), Unpriced = days.Sum(d => d.UnpricedLines) };
    }

    private static ReportAnswer Answer(SpendReport report, DateTimeOffset from, DateTimeOffset to, ReportRows rows) => new()
    {
        Name = report.Name,
        Title = report.Title,
        Basis = "",
        Cost = "",
        From = from,
        To = to,
        Coverage = [],
        Columns = report.Columns,
        Rows = [.. report.Rows(rows)],
    };

    private static List<SourceCoverage> Reach(List<BillRow> days)
    {
        var moments = days.Select(d => DateTimeOffset.ParseExact(d.Group[0], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)).Order().ToList();
        return moments.Count == 0 ? [] : [new SourceCoverage("ledger", moments[0], moments[^1].AddDays(1))];
    }

    private static (DateTimeOffset From, DateTimeOffset To) Range(SpendReport report, ReportQuery query, DateTimeOffset end)
    {
        var own = report.Window.Before(query.To ?? end);
        return (query.From ?? own.From, query.To ?? own.To);
    }

    private static Dictionary<(string Source, BillRemark Why), long> WithLong(
        IReadOnlyDictionary<(string Source, BillRemark Why), long> remarks, IReadOnlyList<(string Source, long Charges)> charges)
    {
        var all = remarks.ToDictionary();
        // What is left out stands at no hour.
        foreach (var (source, count) in charges.Where(c => !SourcePrecedence.CountsTokensOnly(c.Source)))
            all[(source, BillRemark.LongerThanAnHour)] = count;
        return all;
    }

    private static SpendReport Find(string name) => Array.Find(Reports, r => r.Name == name) ?? throw new ArgumentException($"There is no report '{name}'.", nameof(name));
}
