using Sluice.Ledger.Queries;
using Sluice.Ledger.Sums;

namespace Sluice.Reports.OverTime;

/// <summary>The sums of each step and group, with the groups beyond the largest as one, so that sums stay whole.</summary>
internal sealed class SeriesTable
{
    private readonly Dictionary<(int Span, string Group), CallSums> _cells = [];

    /// <summary>The values of the groups, the largest first; the last is null if smaller ones are one.</summary>
    public List<IReadOnlyList<string>?> Groups { get; } = [];

    /// <summary>All calls of the range.</summary>
    public CallSums Total { get; private set; } = new();

    /// <param name="rows">Of disjoint steps and groups.</param>
    /// <param name="metric">Groups are ranked by it if it is a sum, else by their calls.</param>
    /// <param name="top">How many groups stand by themselves.</param>
    /// <param name="ranked">The groups of another table, to have the same; null to rank them.</param>
    public static SeriesTable Of(IReadOnlyList<SeriesRow> rows, Metric metric, int top, SeriesTable? ranked = null)
    {
        var table = new SeriesTable();
        if (ranked is not null)
            table.Groups.AddRange(ranked.Groups);
        else
            table.Rank(rows, metric, top);
        var own = table.Groups.OfType<IReadOnlyList<string>>().Select(Name).ToHashSet(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var group = own.Contains(Name(row.Group)) ? Name(row.Group) : "";
            var at = (row.Edge, group);
            table._cells[at] = table._cells.TryGetValue(at, out var sums) ? sums + row.Sums : row.Sums;
        }
        table.Total = table._cells.Values.Aggregate(new CallSums(), (sum, cell) => sum + cell);
        return table;
    }

    /// <summary>What a step and group add up to; nothing if there were no calls.</summary>
    public CallSums At(int span, IReadOnlyList<string>? group) => _cells.GetValueOrDefault((span, group is null ? "" : Name(group))) ?? new CallSums();

    private void Rank(IReadOnlyList<SeriesRow> rows, Metric metric, int top)
    {
        var ranking = metric.IsSum ? metric : Metric.Find("calls");
        var sums = rows.GroupBy(r => Name(r.Group), StringComparer.Ordinal)
            .Select(g => (g.First().Group, Size: Math.Abs(Size(ranking, g.Aggregate(new CallSums(), (sum, row) => sum + row.Sums)))))
            .OrderByDescending(g => g.Size).ThenBy(g => Name(g.Group), StringComparer.Ordinal).ToList();
        Groups.AddRange(sums.Take(top).Select(g => g.Group));
        if (sums.Count > top)
            Groups.Add(null);
    }

    private static decimal Size(Metric metric, CallSums sums) => metric.Of(sums) switch
    {
        Core.Money money => money.Usd,
        long count => count,
        _ => 0,
    };

    private static string Name(IReadOnlyList<string> group) => string.Concat(group.Select(v => $"{v.Length}:{v}")) + "|";
}
