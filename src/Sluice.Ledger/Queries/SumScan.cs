using Microsoft.Data.Sqlite;
using Sluice.Ledger.Sqlite;
using Sluice.Ledger.Sums;
using SQLitePCL;

namespace Sluice.Ledger.Queries;

/// <summary>Adds up the sums of spans of time, each from the widest that fit.</summary>
internal static class SumScan
{
    /// <summary>Sums by the span's number and the place of the group's values.</summary>
    /// <param name="connection">The database, in one transaction throughout.</param>
    /// <param name="edges">Quarters between which the spans are, ascending.</param>
    /// <param name="groups">Which calls, and what they are grouped by.</param>
    public static Dictionary<(int Span, int Place), CallSums> Run(SqliteConnection connection, IReadOnlyList<long> edges, IReadOnlyDictionary<long, SelectedGroup> groups)
    {
        var found = new Dictionary<(int Span, int Place), CallSums>();
        var prepared = raw.sqlite3_prepare_v2(
            connection.Handle, "SELECT start, group_id, sums FROM sums WHERE width = ?1 AND start >= ?2 AND start < ?3 ORDER BY start", out var select);
        using (select)
        {
            SqliteException.ThrowExceptionForRC(prepared, connection.Handle);
            var span = 0;
            foreach (var (width, from, to) in Ranges(edges, Facts.Read(connection, Facts.QuartersSince) ?? long.MinValue))
            {
                raw.sqlite3_bind_int64(select, 1, width);
                raw.sqlite3_bind_int64(select, 2, from);
                raw.sqlite3_bind_int64(select, 3, to);
                int result;
                while ((result = raw.sqlite3_step(select)) == raw.SQLITE_ROW)
                {
                    if (!groups.TryGetValue(raw.sqlite3_column_int64(select, 1), out var group))
                        continue;
                    var start = raw.sqlite3_column_int64(select, 0);
                    while (edges[span + 1] <= start)
                        span++;
                    if (!found.TryGetValue((span, group.Place), out var sums))
                        found[(span, group.Place)] = sums = new CallSums();
                    sums.Add(raw.sqlite3_column_blob(select, 2), group.Doubt, group.End);
                }
                if (result != raw.SQLITE_DONE)
                    SqliteException.ThrowExceptionForRC(result, connection.Handle);
                raw.sqlite3_reset(select);
            }
        }
        return found;
    }

    /// <summary>The first quarter that there are sums of, and the end of the last hour; null without calls.</summary>
    public static (long First, long End)? Bounds(SqliteConnection connection)
    {
        var width = Quarters.InHour;
        return connection.Ask($"SELECT MIN(start) FROM sums WHERE width = {width}") is long first && connection.Ask($"SELECT MAX(start) FROM sums WHERE width = {width}") is long last
            ? (first, last + width)
            : null;
    }

    /// <summary>
    /// The spans between edges in as few ranges as there are changes of width. Before <paramref name="quartersSince"/> there are whole hours
    /// only, each of which belongs to the span that its beginning is in.
    /// </summary>
    private static IEnumerable<(long Width, long From, long To)> Ranges(IReadOnlyList<long> edges, long quartersSince)
    {
        var (width, from, to) = (0L, 0L, 0L);
        for (var i = 0; i + 1 < edges.Count; i++)
        {
            var end = Snap(edges[i + 1], quartersSince);
            for (var at = Snap(edges[i], quartersSince); at < end;)
            {
                var next = Quarters.Widths.Last(w => Quarters.Start(at, w) == at && at + w <= end);
                if (next != width || at != to)
                {
                    if (to > from)
                        yield return (width, from, to);
                    (width, from) = (next, at);
                }
                at = to = at + next;
            }
        }
        if (to > from)
            yield return (width, from, to);
    }

    private static long Snap(long edge, long quartersSince) => edge >= quartersSince ? edge : -Quarters.Start(-edge, Quarters.InHour);
}
