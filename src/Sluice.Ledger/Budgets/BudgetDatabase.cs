using Microsoft.Data.Sqlite;
using Sluice.Core;
using Sluice.Core.Budgets;
using Sluice.Ledger.Sqlite;
using Sluice.Ledger.Sums;

namespace Sluice.Ledger.Budgets;

/// <summary>The schema of <c>budgets.db</c> and what is asked of it but seldom. Several processes may have it open.</summary>
public static class BudgetDatabase
{
    private const long Version = 1;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
        -- Budgets that were set with 'sluice budgets set'; those of the configuration file are not here.
        CREATE TABLE IF NOT EXISTS budgets (
            name TEXT PRIMARY KEY, scope TEXT NOT NULL, limit_usd TEXT NOT NULL, period TEXT NOT NULL, rolling INTEGER NOT NULL, zone TEXT NOT NULL,
            thresholds TEXT NOT NULL);
        -- What each budget of any origin said last, and how often it has changed.
        CREATE TABLE IF NOT EXISTS revisions (name TEXT PRIMARY KEY, definition TEXT NOT NULL, revision INTEGER NOT NULL);
        -- Accounts whose spending from before the budget is booked.
        CREATE TABLE IF NOT EXISTS accounts (account TEXT PRIMARY KEY);
        CREATE TABLE IF NOT EXISTS spent (
            account TEXT NOT NULL, bucket TEXT NOT NULL, slot_us INTEGER NOT NULL, spent_pico INTEGER NOT NULL, unknown_pico INTEGER NOT NULL,
            PRIMARY KEY (account, bucket, slot_us)) WITHOUT ROWID;
        -- Where attempts hold money; numbers, so that a hold is one short row however many budgets it is for.
        CREATE TABLE IF NOT EXISTS places (
            id INTEGER PRIMARY KEY, account TEXT NOT NULL, bucket TEXT NOT NULL, slot_us INTEGER NOT NULL, UNIQUE (account, bucket, slot_us));
        CREATE TABLE IF NOT EXISTS open_attempts (attempt_id TEXT PRIMARY KEY, amount_pico INTEGER NOT NULL, places TEXT NOT NULL) WITHOUT ROWID;
        """;

    public static bool Exists(string dataDirectory) => File.Exists(Path.Combine(dataDirectory, BudgetFile.FileName));

    /// <exception cref="BudgetStateException">The file can't be used.</exception>
    internal static SqliteConnection Open(string dataDirectory)
    {
        var file = Path.Combine(dataDirectory, BudgetFile.FileName);
        if (new FileInfo(file) is { Exists: true, Length: 0 })
            throw new BudgetStateException($"'{file}' is empty, which Sluice never leaves it: it was cut off, and what it held is lost. Restore it, or move it away: budgets then begin with what the ledger says of their windows, and those that were set have to be set again.");
        try
        {
            if (!File.Exists(file))
                Make(file);
            return Prepare(Database.Connect(file, SqliteOpenMode.ReadWriteCreate));
        }
        catch (SqliteException e)
        {
            throw new BudgetStateException(
                $"'{file}' can't be opened: {e.Message} {(Database.IsDamage(e) ? "Restore it or move it away: budgets then begin with what the ledger says of their windows, and those that were set have to be set again." : "Make it writable.")}", e);
        }
    }

    /// <summary>Under another name first, so that a process that is killed meanwhile leaves no empty file, and none sees another's half.</summary>
    private static void Make(string file)
    {
        var temporary = $"{file}.{Guid.NewGuid():N}.new";
        Prepare(Database.Connect(temporary, SqliteOpenMode.ReadWriteCreate)).Dispose();
        try
        {
            File.Move(temporary, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            // Another process made it in this moment; theirs counts.
            File.Delete(temporary);
        }
    }

    private static SqliteConnection Prepare(SqliteConnection connection)
    {
        try
        {
            connection.Run("PRAGMA journal_mode = WAL");
            connection.Run("PRAGMA synchronous = NORMAL");
            connection.Run(Schema);
            var version = FactOf(connection, "version");
            if (version is null)
                SetFact(connection, "version", Version.ToString(System.Globalization.CultureInfo.InvariantCulture));
            else if (long.Parse(version, System.Globalization.CultureInfo.InvariantCulture) > Version)
                throw new BudgetStateException($"'{connection.DataSource}' was written by a later Sluice (schema {version}, this one knows {Version}); run that one.");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The budgets that were set with the command, by name.</summary>
    /// <exception cref="BudgetStateException">The file can't be opened.</exception>
    /// <exception cref="SqliteException">It can't be read.</exception>
    public static IReadOnlyList<Budget> Managed(string dataDirectory)
    {
        if (!Exists(dataDirectory))
            return [];
        using var connection = Open(dataDirectory);
        return Read(
            connection, "SELECT name, scope, limit_usd, period, rolling, zone, thresholds FROM budgets ORDER BY name",
            r => BudgetText.Read(r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt64(4) != 0, r.GetString(5), r.GetString(6)));
    }

    public static void Set(string dataDirectory, Budget budget)
    {
        Directory.CreateDirectory(dataDirectory);
        using var connection = Open(dataDirectory);
        using var statement = new Statement(connection, "INSERT OR REPLACE INTO budgets VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        statement.Bind(1, budget.Name).Bind(2, budget.Scope.ToString()).Bind(3, budget.Limit.ToString()).Bind(4, budget.Window.Period.ToString())
            .Bind(5, budget.Window.IsRolling ? 1 : 0).Bind(6, budget.Window.Zone.Id).Bind(7, BudgetText.Of(budget.Thresholds)).Run();
    }

    /// <returns>False where there is none of that name.</returns>
    public static bool Remove(string dataDirectory, string name)
    {
        if (!Exists(dataDirectory))
            return false;
        using var connection = Open(dataDirectory);
        using var statement = new Statement(connection, "DELETE FROM budgets WHERE name = ?1");
        return statement.Bind(1, name).Run() > 0;
    }

    /// <summary>Gives each budget its revision, one more than the last where it is not as it was.</summary>
    public static IReadOnlyList<Budget> Revise(string dataDirectory, IEnumerable<Budget> budgets)
    {
        using var connection = Open(dataDirectory);
        using var revise = new Statement(connection, """
            INSERT INTO revisions VALUES (?1, ?2, 1) ON CONFLICT DO UPDATE SET definition = excluded.definition, revision = revision + 1 WHERE definition <> excluded.definition
            """);
        var revised = new List<Budget>();
        foreach (var budget in budgets)
        {
            revise.Bind(1, budget.Name).Bind(2, $"{budget.Account} {budget.Limit} {BudgetText.Of(budget.Thresholds)}").Run();
            using var ask = connection.CreateCommand();
            ask.CommandText = "SELECT revision FROM revisions WHERE name = $name";
            ask.Parameters.AddWithValue("$name", budget.Name);
            revised.Add(budget with { Revision = (long)ask.ExecuteScalar()! });
        }
        return revised;
    }

    /// <summary>The budgets with the revisions that the gateway last gave them.</summary>
    public static IReadOnlyList<Budget> WithRevisions(string dataDirectory, IEnumerable<Budget> budgets)
    {
        if (!Exists(dataDirectory))
            return [.. budgets];
        using var connection = Open(dataDirectory);
        var known = Read(connection, "SELECT name, revision FROM revisions", r => (Name: r.GetString(0), Revision: r.GetInt64(1))).ToDictionary(r => r.Name, r => r.Revision, StringComparer.Ordinal);
        return [.. budgets.Select(b => b with { Revision = known.GetValueOrDefault(b.Name, 1) })];
    }

    /// <summary>Notes an account whose earlier spending is booked.</summary>
    /// <returns>True the first time.</returns>
    public static bool IsNew(string dataDirectory, string account)
    {
        using var connection = Open(dataDirectory);
        using var statement = new Statement(connection, "INSERT OR IGNORE INTO accounts VALUES (?1)");
        return statement.Bind(1, account).Run() > 0;
    }

    /// <summary>What is spent and held, as the file has it; for whoever looks on from beside the gateway.</summary>
    public static (IReadOnlyList<SpentRow> Spent, IReadOnlyList<HoldRow> Holds) Look(string dataDirectory)
    {
        if (!Exists(dataDirectory))
            return ([], []);
        using var connection = Open(dataDirectory);
        // One snapshot, since the gateway writes meanwhile.
        connection.Run("BEGIN");
        var (spent, holds) = (Spent(connection), Holds(connection, Places(connection)));
        connection.Run("COMMIT");
        return (spent, holds);
    }

    internal static Dictionary<long, (AccountKey Account, DateTimeOffset Slot)> Places(SqliteConnection connection) => Read(
        connection, "SELECT id, account, bucket, slot_us FROM places",
        r => (Id: r.GetInt64(0), Place: (new AccountKey(r.GetString(1), r.GetString(2)), Moment(r.GetInt64(3))))).ToDictionary(p => p.Id, p => p.Place);

    internal static IReadOnlyList<HoldRow> Holds(SqliteConnection connection, IReadOnlyDictionary<long, (AccountKey Account, DateTimeOffset Slot)> places) =>
        [.. Read(connection, "SELECT attempt_id, amount_pico, places FROM open_attempts", r => (Id: r.GetString(0), Amount: Money.FromPicoUsd(r.GetInt64(1)), Places: r.GetString(2)))
            .SelectMany(attempt => attempt.Places.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(id => places[long.Parse(id, System.Globalization.CultureInfo.InvariantCulture)])
                .Select(place => new HoldRow(attempt.Id, place.Account, place.Slot, attempt.Amount)))];

    internal static IReadOnlyList<SpentRow> Spent(SqliteConnection connection) => Read(
        connection, "SELECT account, bucket, slot_us, spent_pico, unknown_pico FROM spent",
        r => new SpentRow(new AccountKey(r.GetString(0), r.GetString(1)), Moment(r.GetInt64(2)), Money.FromPicoUsd(r.GetInt64(3)), Money.FromPicoUsd(r.GetInt64(4))));

    internal static string ReplicaId(SqliteConnection connection)
    {
        if (FactOf(connection, "replica") is { } known)
            return known;
        SetFact(connection, "replica", Guid.NewGuid().ToString("N"));
        return FactOf(connection, "replica")!;
    }

    internal static List<T> Read<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> row)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(row(reader));
        return rows;
    }

    internal static long Microseconds(DateTimeOffset at) => Quarters.MicrosecondsOf(at);

    private static DateTimeOffset Moment(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    private static string? FactOf(SqliteConnection connection, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT value FROM facts WHERE name = $name";
        command.Parameters.AddWithValue("$name", name);
        return command.ExecuteScalar() as string;
    }

    private static void SetFact(SqliteConnection connection, string name, string value)
    {
        using var statement = new Statement(connection, "INSERT OR IGNORE INTO facts VALUES (?1, ?2)");
        statement.Bind(1, name).Bind(2, value).Run();
    }
}
