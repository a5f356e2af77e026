using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Sluice.Ledger.Sqlite;

/// <summary>Single numbers that the database keeps of itself.</summary>
internal static class Facts
{
    /// <summary>Microseconds since 1970: records that began before may be deleted.</summary>
    public const string KeptSince = "kept_since_us";

    /// <summary>Quarters since 1970: sums of quarters that begin before may be deleted, those of hours never are.</summary>
    public const string QuartersSince = "quarters_since";

    /// <summary>The last record that an upgrade under way has taken over.</summary>
    public const string Upgraded = "upgraded_to_id";

    /// <summary>Null if it was never set.</summary>
    public static long? Read(SqliteConnection connection, string name)
    {
        using var select = connection.CreateCommand();
        select.CommandText = "SELECT value FROM facts WHERE name = $name";
        select.Parameters.AddWithValue("$name", name);
        return select.ExecuteScalar() is string text ? long.Parse(text, CultureInfo.InvariantCulture) : null;
    }

    public static void Write(SqliteConnection connection, string name, long value, SqliteTransaction transaction)
    {
        using var replace = connection.CreateCommand();
        replace.Transaction = transaction;
        replace.CommandText = "INSERT OR REPLACE INTO facts VALUES ($name, $value)";
        replace.Parameters.AddWithValue("$name", name);
        replace.Parameters.AddWithValue("$value", value.ToString(CultureInfo.InvariantCulture));
        replace.ExecuteNonQuery();
    }

    public static void Delete(SqliteConnection connection, string name, SqliteTransaction transaction) =>
        connection.Run($"DELETE FROM facts WHERE name = '{name}'", transaction);
}
