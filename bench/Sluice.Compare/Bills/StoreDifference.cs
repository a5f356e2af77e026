using Microsoft.Data.Sqlite;

namespace Sluice.Compare.Bills;

/// <summary>What two cost stores say otherwise than each other, apart from the names of the files and the numbers that SQLite gave.</summary>
internal static class StoreDifference
{
    /// <summary>How many rows of charges, of what they are for and of sums one has and the other hasn't.</summary>
    public static long Count(string one, string other)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = one, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        Run(connection, $"ATTACH '{other.Replace("'", "''", StringComparison.Ordinal)}' AS other");
        var facets = Columns(connection, "facets", "id", "slice");
        var slices = Columns(connection, "slices", "id");
        var charges = string.Join(", ", Columns(connection, "charges", "facet", "part", "line").Select(c => "c." + c));
        var difference = Both(db => $"SELECT {string.Join(", ", facets)} FROM {db}.facets")
            + Both(db => $"SELECT {charges}, f.identity FROM {db}.charges c JOIN {db}.facets f ON f.id = c.facet");
        foreach (var table in (string[])["months", "days", "hours"])
        {
            var sums = string.Join(", ", Columns(connection, table, "slice").Select(c => "t." + c).Concat(slices.Select(c => "s." + c)));
            difference += Both(db => $"SELECT {sums} FROM {db}.{table} t JOIN {db}.slices s ON s.id = t.slice");
        }
        return difference;

        long Both(Func<string, string> rows) => Rest(rows("main"), rows("other")) + Rest(rows("other"), rows("main"));
        long Rest(string has, string hasNot) => Convert.ToInt64(Run(connection, $"SELECT COUNT(*) FROM ({has} EXCEPT {hasNot})"), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static List<string> Columns(SqliteConnection connection, string table, params string[] without)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT name FROM pragma_table_info('{table}')";
        var names = new List<string>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
            names.Add(reader.GetString(0));
        return [.. names.Except(without, StringComparer.Ordinal)];
    }

    private static object? Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        return command.ExecuteScalar();
    }
}
