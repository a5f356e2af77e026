using System.Globalization;
using Microsoft.Data.Sqlite;
using Sluice.Core;
using Sluice.Core.Metering;
using Sluice.Ledger.Sums;

namespace Sluice.Ledger.Queries;

/// <summary>Answers spend from the sums alone.</summary>
internal static class SpendAnswer
{
    private const string Kind = "kind";

    /// <summary>Dimensions of time, the finest first.</summary>
    private static readonly string[] Times = ["hour", "day", "month"];

    public static List<SpendRow> Of(SqliteConnection connection, SpendQuery query)
    {
        using var snapshot = connection.BeginTransaction(deferred: true);
        if (SumScan.Bounds(connection) is not { } bounds)
            return [];
        var first = Math.Max(bounds.First, query.From is { } from ? Quarters.Start(Quarters.Of(from), Quarters.InHour) : long.MinValue);
        var end = Math.Min(bounds.End, query.To is { } to ? -Quarters.Start(-Quarters.AtOrAfter(to), Quarters.InHour) : long.MaxValue);
        if (first >= end)
            return [];
        var edges = Edges(first, end, Array.Find(Times, t => query.GroupBy.Contains(t, StringComparer.Ordinal)));
        var dimensions = query.GroupBy.Where(d => d != Kind && !Times.Contains(d, StringComparer.Ordinal)).ToList();
        var filters = query.Filters.Where(f => f.Key != Kind && !Times.Contains(f.Key, StringComparer.Ordinal)).ToDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal);
        var groups = GroupSelection.Of(connection, dimensions, filters);
        var rows = new Dictionary<string, SpendRow>(StringComparer.Ordinal);
        foreach (var ((span, place), sums) in SumScan.Run(connection, edges, groups.Groups))
        {
            var time = Quarters.TimeOf(edges[span]);
            string Value(string dimension, string kind) => dimension == Kind ? kind : TimeText(time, dimension) ?? groups.Values[place][dimensions.IndexOf(dimension)];
            if (query.Filters.Any(f => Times.Contains(f.Key, StringComparer.Ordinal) && !Wildcard.MatchesAny(f.Value, TimeText(time, f.Key)!)))
                continue;
            foreach (var (kind, row) in Rows(sums, query))
                Add(rows, [.. query.GroupBy.Select(d => Value(d, kind))], row);
        }
        return [.. rows.Values.Order(Comparer<SpendRow>.Create((a, b) => Compare(a.Group, b.Group)))];
    }

    private static List<long> Edges(long first, long end, string? grain)
    {
        var edges = new List<long> { first };
        if (grain is not null)
        {
            while (Next(edges[^1], grain) is var next && next < end)
                edges.Add(next);
        }
        edges.Add(end);
        return edges;
    }

    private static long Next(long quarter, string grain)
    {
        if (grain == "month")
        {
            var time = Quarters.TimeOf(quarter);
            return Quarters.Of(new DateTimeOffset(time.Year, time.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1));
        }
        var width = grain == "hour" ? Quarters.InHour : 24 * Quarters.InHour;
        return Quarters.Start(quarter, width) + width;
    }

    private static string? TimeText(DateTimeOffset time, string dimension) => dimension switch
    {
        "hour" => time.ToString("yyyy-MM-dd'T'HH':00:00Z'", CultureInfo.InvariantCulture),
        "day" => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        "month" => time.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <summary>One row of all kinds, or one of each kind if the question is about kinds.</summary>
    private static IEnumerable<(string Kind, SpendRow Row)> Rows(CallSums sums, SpendQuery query)
    {
        var wanted = query.Filters.GetValueOrDefault(Kind);
        if (wanted is null && !query.GroupBy.Contains(Kind, StringComparer.Ordinal))
            return [("", Whole(sums))];
        return sums.Kinds.Where(k => wanted is null || Wildcard.MatchesAny(wanted, k.Key.Name())).Select(k => (k.Key.Name(), OfKind(k.Key, k.Value)));
    }

    private static SpendRow Whole(CallSums sums) => Tokens(sums.Quantity) with
    {
        Calls = sums.Calls,
        UnpricedCalls = sums.UnpricedCalls,
        EstimatedCalls = sums.EstimatedCalls,
        SuspectCalls = sums.SuspectCalls,
        Cost = sums.Cost,
        EstimatedCost = sums.EstimatedCost,
    };

    private static SpendRow OfKind(UsageKind kind, KindSums sums) => Tokens(k => k == kind ? sums.Quantity : 0) with
    {
        Units = kind.IsToken() ? 0 : sums.Quantity,
        EstimatedQuantity = sums.EstimatedQuantity,
        SuspectQuantity = sums.SuspectQuantity,
        Cost = sums.Cost,
        EstimatedCost = sums.EstimatedCost,
    };

    private static SpendRow Tokens(Func<UsageKind, decimal> quantity) => new()
    {
        Group = [],
        Input = (long)quantity(UsageKind.Input),
        CacheRead = (long)quantity(UsageKind.CacheRead),
        CacheWrite5m = (long)quantity(UsageKind.CacheWrite5m),
        CacheWrite1h = (long)quantity(UsageKind.CacheWrite1h),
        Output = (long)quantity(UsageKind.Output),
    };

    private static void Add(Dictionary<string, SpendRow> rows, string[] group, SpendRow added)
    {
        var id = string.Concat(group.Select(g => $"{g.Length}:{g}"));
        rows[id] = rows.TryGetValue(id, out var row) ? row + added : added with { Group = group };
    }

    private static int Compare(IReadOnlyList<string> left, IReadOnlyList<string> right) =>
        left.Zip(right, string.CompareOrdinal).FirstOrDefault(c => c != 0);
}
