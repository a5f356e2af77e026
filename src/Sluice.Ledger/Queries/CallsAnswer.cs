using System.Globalization;
using Microsoft.Data.Sqlite;
using Sluice.Core;
using Sluice.Ledger.Sums;

namespace Sluice.Ledger.Queries;

/// <summary>Lists calls from their narrow rows; no record is read.</summary>
internal static class CallsAnswer
{
    /// <summary>What the group of a call says of it, in the order of the row.</summary>
    private static readonly string[] Shown = ["key", "app", "model", "operation", "outcome", "status", "error"];

    /// <summary>As many groups are asked for one by one, each from its index; more are picked out of all calls.</summary>
    private const int FewGroups = 256;

    public static IReadOnlyList<CallRow> Of(SqliteConnection connection, CallsQuery query)
    {
        CallDimensions.Check(query.Filters.Keys);
        if (query.Limit is < 1 or > CallsQuery.MaxLimit)
            throw new ArgumentException($"A list has from 1 to {CallsQuery.MaxLimit} calls, not {query.Limit}; the next page begins after the last call's cursor.", nameof(query));
        using var snapshot = connection.BeginTransaction(deferred: true);
        var groups = GroupSelection.Of(connection, Shown, query.Filters, d => Fits(query, d));
        if (groups.Groups.Count == 0)
            return [];
        using var select = connection.CreateCommand();
        var where = Where(select, query);
        var numbers = groups.Groups.Keys.Select(g => g.ToString(CultureInfo.InvariantCulture));
        // Each group's newest, from the index of groups, and of those the newest; or all calls from the newest on ("+" keeps SQLite from that index).
        var ids = groups.Groups.Count <= FewGroups
            ? string.Join(" UNION ALL ", numbers.Select(g => $"SELECT * FROM (SELECT id, started_us, group_id FROM calls WHERE group_id = {g}{where} ORDER BY started_us DESC, id DESC LIMIT $limit)"))
            : $"SELECT id, started_us, group_id FROM calls WHERE +group_id IN ({string.Join(',', numbers)}){where}";
        select.CommandText = $"""
            SELECT c.id, c.started_us, c.group_id, cost_milli, cost_rest_pico, duration_us, ttft_us, input, cache_read, cache_write, output, invocation_id
            FROM (SELECT id FROM ({ids}) ORDER BY started_us DESC, id DESC LIMIT $limit) n JOIN calls c ON c.id = n.id JOIN invocations i ON i.id = n.id
            ORDER BY c.started_us DESC, c.id DESC
            """;
        select.Parameters.AddWithValue("$limit", query.Limit);
        return Read(select, groups);
    }

    private static bool Fits(CallsQuery query, CallDoubt doubt) =>
        (query.Unpriced ?? doubt.HasFlag(CallDoubt.Unpriced)) == doubt.HasFlag(CallDoubt.Unpriced)
        && (query.Estimated ?? doubt.HasFlag(CallDoubt.Estimated)) == doubt.HasFlag(CallDoubt.Estimated)
        && (query.Suspect ?? doubt.HasFlag(CallDoubt.Suspect)) == doubt.HasFlag(CallDoubt.Suspect);

    private static string Where(SqliteCommand select, CallsQuery query)
    {
        var where = "";
        void Add(string condition, params (string Name, long Value)[] values)
        {
            where += " AND " + condition;
            foreach (var (name, value) in values)
                select.Parameters.AddWithValue(name, value);
        }
        if (query.From is { } from)
            Add("started_us >= $from", ("$from", Quarters.MicrosecondsOf(from)));
        if (query.To is { } to)
            Add("started_us < $to", ("$to", Quarters.MicrosecondsOf(to)));
        if (query.Before is { } before)
            Add("(started_us, id) < ($before, $id)", ("$before", Quarters.MicrosecondsOf(before.StartedAt)), ("$id", before.Id));
        if (query.MinCost is { } least && MoneySum.Of(least) is var cost)
            Add("(cost_milli, cost_rest_pico) >= ($milli, $rest)", ("$milli", cost.MilliUsd), ("$rest", cost.RestPicoUsd));
        return where;
    }

    private static List<CallRow> Read(SqliteCommand select, GroupSelection groups)
    {
        var rows = new List<CallRow>();
        using var reader = select.ExecuteReader();
        while (reader.Read())
        {
            var group = groups.Groups[reader.GetInt64(2)];
            var shown = groups.Values[group.Place];
            long? Number(int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);
            rows.Add(new CallRow
            {
                InvocationId = reader.GetString(11),
                Cursor = new CallCursor(DateTimeOffset.UnixEpoch.AddMicroseconds(reader.GetInt64(1)), reader.GetInt64(0)),
                Key = shown[0],
                App = shown[1],
                Model = shown[2],
                Operation = shown[3],
                Outcome = shown[4],
                Status = shown[5],
                Error = shown[6],
                Cost = reader.IsDBNull(3) ? null : new MoneySum { MilliUsd = reader.GetInt64(3), RestPicoUsd = reader.GetInt64(4) }.Amount,
                IsEstimated = group.Doubt.HasFlag(CallDoubt.Estimated),
                IsSuspect = group.Doubt.HasFlag(CallDoubt.Suspect),
                DurationMs = Number(5) / 1000.0,
                TtftMs = Number(6) / 1000.0,
                InputTokens = Number(7) + Number(8) + Number(9),
                CacheReadTokens = Number(8),
                OutputTokens = Number(10),
            });
        }
        return rows;
    }
}
