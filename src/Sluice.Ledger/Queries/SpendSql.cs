using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Sluice.Core;
using Sluice.Core.Metering;
using Sluice.Ledger.Sqlite;

namespace Sluice.Ledger.Queries;

/// <summary>Answers spend from the hourly sums alone.</summary>
internal static class SpendSql
{
    public static List<SpendRow> Run(SqliteConnection connection, SpendQuery query)
    {
        var byKind = query.GroupBy.Contains("kind", StringComparer.Ordinal) || query.Filters.ContainsKey("kind");
        using var command = connection.CreateCommand();
        var dimensions = query.GroupBy.Select((name, i) => Expression(command, name, $"$g{i}")).ToList();
        var sql = new StringBuilder("SELECT ");
        foreach (var dimension in dimensions)
            sql.Append(dimension).Append(", ");
        sql.Append("""
            r.kind, r.estimated, SUM(r.calls), SUM(r.unpriced_calls), SUM(r.quantity_milli / 1000), SUM(r.quantity_milli % 1000),
            SUM(r.cost_milli), SUM(r.cost_rest_pico) FROM rollups r JOIN tag_sets t ON t.id = r.tag_set WHERE 1
            """);
        if (query.From is { } from)
        {
            sql.Append(" AND r.hour >= $from");
            command.Parameters.AddWithValue("$from", Rollup.HourOf(from));
        }
        if (query.To is { } to)
        {
            sql.Append(" AND r.hour < $to");
            command.Parameters.AddWithValue("$to", Rollup.HourOf(to.AddHours(1).AddTicks(-1)));
        }
        var n = 0;
        foreach (var (name, values) in query.Filters)
            sql.Append(" AND (0").Append(string.Concat(values.Select(v => " OR " + Condition(command, name, v, $"$f{n++}")))).Append(')');
        // Columns by their numbers: the groups, then kind and what is in doubt.
        var columns = string.Join(", ", Enumerable.Range(1, dimensions.Count + 2));
        sql.Append(CultureInfo.InvariantCulture, $" GROUP BY {columns} ORDER BY {columns}");
        command.CommandText = sql.ToString();
        return Read(command, dimensions.Count, byKind);
    }

    /// <summary>Folds the rows of the kinds into one row a group; each group lists its values once.</summary>
    private static List<SpendRow> Read(SqliteCommand command, int dimensions, bool byKind)
    {
        var rows = new Dictionary<string, SpendRow>(StringComparer.Ordinal);
        var order = new List<string>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var group = new string[dimensions];
            for (var i = 0; i < dimensions; i++)
                group[i] = reader.IsDBNull(i) ? "" : reader.GetString(i);
            var kind = reader.GetString(dimensions);
            // The row of all kinds carries calls and whole cost; where kinds are asked for, only theirs count.
            if (byKind && kind.Length == 0)
                continue;
            var id = string.Concat(group.Select(g => $"{g.Length}:{g}"));
            if (!rows.TryGetValue(id, out var row))
            {
                row = new SpendRow { Group = group };
                order.Add(id);
            }
            rows[id] = Add(row, reader, dimensions, kind, byKind);
        }
        return [.. order.Select(id => rows[id])];
    }

    private static SpendRow Add(SpendRow row, SqliteDataReader reader, int at, string kind, bool byKind)
    {
        var doubt = (CallDoubt)reader.GetInt64(at + 1);
        var (isEstimated, isSuspect) = (doubt.HasFlag(CallDoubt.Estimated), doubt.HasFlag(CallDoubt.Suspect));
        var calls = reader.GetInt64(at + 2);
        var quantity = reader.GetInt64(at + 4) + (reader.GetInt64(at + 5) / 1000m);
        var cost = Rollup.Join(reader.GetInt64(at + 6), reader.GetInt64(at + 7));
        if (kind.Length == 0 || byKind)
        {
            row = row with
            {
                Calls = row.Calls + calls,
                UnpricedCalls = row.UnpricedCalls + reader.GetInt64(at + 3),
                EstimatedCalls = row.EstimatedCalls + (isEstimated ? calls : 0),
                SuspectCalls = row.SuspectCalls + (isSuspect ? calls : 0),
                SuspectQuantity = isSuspect && byKind ? row.SuspectQuantity + quantity : row.SuspectQuantity,
                Cost = row.Cost + cost,
                EstimatedCost = isEstimated ? row.EstimatedCost + cost : row.EstimatedCost,
                EstimatedQuantity = isEstimated && byKind ? row.EstimatedQuantity + quantity : row.EstimatedQuantity,
            };
        }
        if (!SpendRow.TryKind(kind, out var usage))
            return row;
        return usage switch
        {
            UsageKind.Input => row with { Input = row.Input + (long)quantity },
            UsageKind.CacheRead => row with { CacheRead = row.CacheRead + (long)quantity },
            UsageKind.CacheWrite5m => row with { CacheWrite5m = row.CacheWrite5m + (long)quantity },
            UsageKind.CacheWrite1h => row with { CacheWrite1h = row.CacheWrite1h + (long)quantity },
            UsageKind.Output => row with { Output = row.Output + (long)quantity },
            _ => byKind ? row with { Units = row.Units + quantity } : row,
        };
    }

    private static string Expression(SqliteCommand command, string dimension, string parameter)
    {
        switch (dimension)
        {
            case "key": return "r.key_id";
            case "model" or "operation" or "region" or "scope" or "tier" or "outcome" or "kind": return "r." + dimension;
            case "hour": return "strftime('%Y-%m-%dT%H:00:00Z', r.hour * 3600, 'unixepoch')";
            case "day": return "strftime('%Y-%m-%d', r.hour * 3600, 'unixepoch')";
            case "month": return "strftime('%Y-%m', r.hour * 3600, 'unixepoch')";
        }
        var tag = dimension.StartsWith("tag:", StringComparison.Ordinal) ? dimension[4..] : dimension;
        var label = tag.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        command.Parameters.AddWithValue(parameter, $"$.\"{label}\"");
        return $"json_extract(t.tags, {parameter})";
    }

    private static string Condition(SqliteCommand command, string dimension, string value, string parameter)
    {
        var expression = $"COALESCE({Expression(command, dimension, parameter + "d")}, '')";
        if (!value.EndsWith('*'))
        {
            command.Parameters.AddWithValue(parameter, value);
            return $"{expression} = {parameter}";
        }
        var prefix = value[..^1];
        command.Parameters.AddWithValue(parameter, prefix);
        return $"substr({expression}, 1, length({parameter})) = {parameter}";
    }
}
