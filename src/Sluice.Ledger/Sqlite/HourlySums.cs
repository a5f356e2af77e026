using Microsoft.Data.Sqlite;
using Sluice.Core.Metering;
using Sluice.Ledger.Sums;

namespace Sluice.Ledger.Sqlite;

/// <summary>The sums of a ledger of version 1: one row for each hour, group and kind of usage, and one of no kind that counts calls and cost.</summary>
internal static class HourlySums
{
    private const string Columns = """
        SELECT hour, key_id, tag_set, operation, model, region, scope, tier, outcome, estimated, kind, calls, unpriced_calls, quantity_milli, cost_milli, cost_rest_pico
        FROM rollups
        """;

    public static bool Exist(SqliteConnection connection) => connection.Ask("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'rollups'") is not null;

    /// <summary>Everything that the old sums hold.</summary>
    public static CallSums Total(SqliteConnection connection)
    {
        var total = new CallSums();
        Read(connection, long.MaxValue, (_, _, sums) => total.Add(sums));
        return total;
    }

    /// <summary>Everything that the new sums of one width hold.</summary>
    public static CallSums TotalOf(SqliteConnection connection, long width)
    {
        var total = new CallSums();
        using var select = connection.CreateCommand();
        select.CommandText = "SELECT s.sums, g.doubt FROM sums s JOIN call_groups g ON g.id = s.group_id WHERE s.width = $width";
        select.Parameters.AddWithValue("$width", width);
        using var reader = select.ExecuteReader();
        while (reader.Read())
            total.Add((byte[])reader[0], (CallDoubt)reader.GetInt64(1), default);
        return total;
    }

    /// <summary>Adds the old sums of all hours before a quarter to the new ones.</summary>
    public static void TakeOver(SqliteConnection connection, long before, SqliteTransaction transaction)
    {
        var groups = new CallGroups(connection);
        using var table = new SumTable(connection);
        var added = new Dictionary<(long Start, long Group), CallSums>();
        Read(connection, before, (start, group, sums) =>
        {
            var key = (start, groups.IdOf(group, transaction));
            added[key] = added.TryGetValue(key, out var held) ? held + sums : sums;
        });
        table.Add(added, Quarters.InHour);
    }

    /// <summary>In what two totals differ, in words; null if they don't. Only what the old sums have is compared.</summary>
    public static string? Difference(CallSums before, CallSums after)
    {
        if ((before.Calls, before.UnpricedCalls, before.EstimatedCalls, before.SuspectCalls) != (after.Calls, after.UnpricedCalls, after.EstimatedCalls, after.SuspectCalls))
            return $"its sums are of {before.Calls} calls ({before.UnpricedCalls} unpriced) and its records of {after.Calls} ({after.UnpricedCalls} unpriced)";
        if ((before.Cost, before.EstimatedCost) != (after.Cost, after.EstimatedCost))
            return $"its sums are ${before.Cost} and its records ${after.Cost}";
        var (old, made) = (before.Kinds, after.Kinds);
        foreach (var kind in UsageKinds.All)
        {
            if (old.GetValueOrDefault(kind) != made.GetValueOrDefault(kind))
                return $"its sums of {kind.Name()} are not those of its records";
        }
        return null;
    }

    private static void Read(SqliteConnection connection, long before, Action<long, CallGroup, CallSums> add)
    {
        using var select = connection.CreateCommand();
        // The row of no kind comes first.
        select.CommandText = Columns + " ORDER BY hour, key_id, tag_set, operation, model, region, scope, tier, outcome, estimated, kind";
        using var reader = select.ExecuteReader();
        var unknown = CallDoubt.None;
        while (reader.Read() && reader.GetInt64(0) * Quarters.InHour is var start && start < before)
        {
            var doubt = (CallDoubt)reader.GetInt64(9);
            var group = new CallGroup(
                reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetString(6),
                reader.GetString(7), reader.GetString(8), "", "", doubt);
            var cost = new MoneySum { MilliUsd = reader.GetInt64(14), RestPicoUsd = reader.GetInt64(15) };
            if (reader.GetString(10) is { Length: > 0 } name)
            {
                // What priced and unpriced calls used is one sum; it goes to the priced ones, if there are any.
                if (UsageKinds.TryParse(name, out var kind))
                    add(start, group with { Doubt = doubt | unknown }, CallSums.OfKind(kind, reader.GetInt64(13), cost, doubt));
                continue;
            }
            var (calls, unpriced) = (reader.GetInt64(11), reader.GetInt64(12));
            unknown = calls > unpriced ? CallDoubt.None : CallDoubt.Unpriced;
            if (calls > unpriced)
                add(start, group, CallSums.OfCalls(calls - unpriced, cost, doubt));
            if (unpriced > 0)
                add(start, group with { Doubt = doubt | CallDoubt.Unpriced }, CallSums.OfCalls(unpriced, default, doubt | CallDoubt.Unpriced));
        }
    }
}
