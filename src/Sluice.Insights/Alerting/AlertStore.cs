using System.Text.Json;
using Microsoft.Data.Sqlite;
using Sluice.Core.Alerts;
using Sluice.Ledger.Sqlite;

namespace Sluice.Insights.Alerting;

/// <summary>
/// Alerts and their deliveries in <c>alerts.db</c> of a data directory. Several processes may use it: who delivers takes a
/// delivery for a while first, so that no other tries at the same time, and one that dies gives it back by that. Thread-safe.
/// </summary>
public sealed class AlertStore : IDisposable
{
    public const string FileName = "alerts.db";

    private const int MaxErrorLength = 300;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS alerts (
            id TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT NOT NULL, occasion TEXT NOT NULL, title TEXT NOT NULL, advice TEXT NOT NULL,
            at_ms INTEGER NOT NULL, raised_ms INTEGER NOT NULL, facts TEXT NOT NULL, routed INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE IF NOT EXISTS deliveries (
            alert TEXT NOT NULL, channel TEXT NOT NULL, state INTEGER NOT NULL, tries INTEGER NOT NULL, since_ms INTEGER NOT NULL, next_ms INTEGER NOT NULL,
            delivered_ms INTEGER, error TEXT, PRIMARY KEY (alert, channel)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, next_ms);
        """;

    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;
    private readonly TimeProvider _time;

    private AlertStore(SqliteConnection connection, TimeProvider time) => (_connection, _time) = (connection, time);

    /// <summary>Opens the store of a data directory, both made where they are missing; readable by its owner alone.</summary>
    /// <param name="damaged">Where a damaged file was put; null where it was not. What it held is not delivered.</param>
    /// <exception cref="IOException">It can't be opened; the message names the file.</exception>
    public static AlertStore Open(string dataDirectory, TimeProvider time, out string? damaged)
    {
        var file = Path.Combine(dataDirectory, FileName);
        damaged = null;
        try
        {
            Directory.CreateDirectory(dataDirectory);
            try
            {
                return new AlertStore(Connect(file), time);
            }
            catch (SqliteException e) when (Database.IsDamage(e))
            {
                damaged = Database.SetAside(file, time);
                return new AlertStore(Connect(file), time);
            }
        }
        catch (SqliteException e)
        {
            throw new IOException($"The outbox of alerts '{file}' can't be opened: {e.Message}", e);
        }
    }

    public static bool Exists(string dataDirectory) => File.Exists(Path.Combine(dataDirectory, FileName));

    /// <summary>Keeps the alert; false where one of its kind, subject and occasion is kept already.</summary>
    public bool Add(Alert raised)
    {
        var alert = raised.Printable();
        lock (_gate)
        {
            return Run(
                "INSERT OR IGNORE INTO alerts (id, kind, subject, occasion, title, advice, at_ms, raised_ms, facts) VALUES ($id, $kind, $subject, $occasion, $title, $advice, $at, $now, $facts)",
                ("$id", new AlertMessage(alert).Id), ("$kind", alert.Kind.Name()), ("$subject", alert.Subject), ("$occasion", alert.Occasion), ("$title", alert.Title), ("$advice", alert.Advice),
                ("$at", alert.At.ToUnixTimeMilliseconds()), ("$now", Now), ("$facts", JsonSerializer.Serialize(new Dictionary<string, string>(alert.Facts, StringComparer.Ordinal), AlertJson.Default.DictionaryStringString))) > 0;
        }
    }

    /// <summary>Gives alerts that no channel has yet to those that take their kind.</summary>
    public void Route(IEnumerable<ChannelOptions> channels)
    {
        lock (_gate)
        {
            var unrouted = Query("SELECT id, kind FROM alerts WHERE routed = 0", r => (Id: r.GetString(0), Kind: r.GetString(1)));
            if (unrouted.Count == 0)
                return;
            using var transaction = _connection.BeginTransaction();
            foreach (var (id, name) in unrouted)
            {
                foreach (var channel in channels)
                {
                    if (AlertKinds.TryParse(name, out var kind) && channel.Takes(kind))
                        Run("INSERT OR IGNORE INTO deliveries (alert, channel, state, tries, since_ms, next_ms) VALUES ($id, $channel, 0, 0, $now, $now)", ("$id", id), ("$channel", channel.Name), ("$now", Now));
                }
                Run("UPDATE alerts SET routed = 1 WHERE id = $id", ("$id", id));
            }
            transaction.Commit();
        }
    }

    /// <summary>Takes the delivery that has been due longest for a channel, for <paramref name="lease"/>; null where none is due.</summary>
    public (AlertMessage Message, int Tries)? Claim(string channel, TimeSpan lease)
    {
        lock (_gate)
        {
            // One statement, so of two processes one gets it.
            var claimed = Query(
                """
                UPDATE deliveries SET next_ms = $until, tries = tries + 1 WHERE channel = $channel AND state = 0 AND alert =
                    (SELECT d.alert FROM deliveries d JOIN alerts a ON a.id = d.alert WHERE d.channel = $channel AND d.state = 0 AND d.next_ms <= $now ORDER BY d.next_ms, a.rowid LIMIT 1) AND next_ms <= $now
                RETURNING alert, tries
                """,
                r => (Id: r.GetString(0), Tries: r.GetInt32(1)), ("$until", Now + (long)lease.TotalMilliseconds), ("$channel", channel), ("$now", Now));
            return claimed is [var (id, tries)] ? (new AlertMessage(Query(Columns + " FROM alerts WHERE id = $id", ReadAlert, ("$id", id))[0]), tries) : null;
        }
    }

    public void Delivered(string id, string channel)
    {
        lock (_gate)
            Run("UPDATE deliveries SET state = 1, delivered_ms = $now, error = NULL WHERE alert = $id AND channel = $channel", ("$id", id), ("$channel", channel), ("$now", Now));
    }

    /// <summary>Notes why a try failed and when the next one is.</summary>
    public void Failed(string id, string channel, string error, TimeSpan pause)
    {
        lock (_gate)
        {
            Run(
                "UPDATE deliveries SET next_ms = $next, error = $error WHERE alert = $id AND channel = $channel AND state = 0",
                ("$id", id), ("$channel", channel), ("$next", Now + (long)pause.TotalMilliseconds), ("$error", error.Length <= MaxErrorLength ? error : error[..MaxErrorLength]));
        }
    }

    /// <summary>Puts a try back that was broken off, as if it had not begun.</summary>
    public void Return(string id, string channel)
    {
        lock (_gate)
            Run("UPDATE deliveries SET next_ms = $now, tries = tries - 1 WHERE alert = $id AND channel = $channel AND state = 0", ("$id", id), ("$channel", channel), ("$now", Now));
    }

    /// <summary>Gives up what has waited for longer.</summary>
    /// <returns>Of each its alert's title and channel.</returns>
    public IReadOnlyList<(string Title, string Channel, string? Error)> GiveUp(TimeSpan age)
    {
        lock (_gate)
        {
            var old = ("$before", (object)(Now - (long)age.TotalMilliseconds));
            var given = Query("SELECT a.title, d.channel, d.error FROM deliveries d JOIN alerts a ON a.id = d.alert WHERE d.state = 0 AND d.since_ms < $before", r => (r.GetString(0), r.GetString(1), r.IsDBNull(2) ? null : r.GetString(2)), old);
            if (given.Count > 0)
                Run("UPDATE deliveries SET state = 2 WHERE state = 0 AND since_ms < $before", old);
            return given;
        }
    }

    /// <summary>Makes deliveries due now: those of the alert that <paramref name="id"/> begins, or all that were given up.</summary>
    /// <returns>How many.</returns>
    public int Resend(string? id)
    {
        lock (_gate)
        {
            return id is null
                ? Run("UPDATE deliveries SET state = 0, next_ms = $now, since_ms = $now WHERE state = 2", ("$now", Now))
                : Run("UPDATE deliveries SET state = 0, next_ms = $now, since_ms = $now, delivered_ms = NULL WHERE substr(alert, 1, length($id)) = $id", ("$now", Now), ("$id", id));
        }
    }

    /// <summary>Forgets what was raised before, but for what waits: occasions do not last so long.</summary>
    public void Forget(TimeSpan age)
    {
        lock (_gate)
        {
            var old = ("$before", (object)(Now - (long)age.TotalMilliseconds));
            Run("DELETE FROM alerts WHERE raised_ms < $before AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.alert = id AND d.state = 0)", old);
            Run("DELETE FROM deliveries WHERE NOT EXISTS (SELECT 1 FROM alerts a WHERE a.id = alert)");
        }
    }

    public OutboxBacklog Backlog()
    {
        lock (_gate)
        {
            return Query(
                "SELECT count(*) FILTER (WHERE d.state = 0), min(a.raised_ms) FILTER (WHERE d.state = 0), count(*) FILTER (WHERE d.state = 2) FROM deliveries d JOIN alerts a ON a.id = d.alert",
                r => new OutboxBacklog(r.GetInt32(0), Moment(r, 1), r.GetInt32(2)))[0];
        }
    }

    /// <summary>When the next delivery through the channel is due; null for none.</summary>
    public DateTimeOffset? NextDue(string channel)
    {
        lock (_gate)
            return Query("SELECT min(next_ms) FROM deliveries WHERE state = 0 AND channel = $channel", r => Moment(r, 0), ("$channel", channel))[0];
    }

    /// <summary>The latest alerts, newest first.</summary>
    public IReadOnlyList<KeptAlert> List(int most)
    {
        lock (_gate)
        {
            var deliveries = Query(
                "SELECT alert, channel, state, tries, next_ms, delivered_ms, error FROM deliveries ORDER BY channel",
                r => (Id: r.GetString(0), Delivery: new Delivery(
                    r.GetString(1), (DeliveryState)r.GetInt32(2), r.GetInt32(3), r.GetInt32(2) == 0 ? Moment(r, 4) : null, Moment(r, 5), r.IsDBNull(6) ? null : r.GetString(6))))
                .ToLookup(d => d.Id, d => d.Delivery, StringComparer.Ordinal);
            return Query(Columns + ", raised_ms, id FROM alerts ORDER BY raised_ms DESC, rowid DESC LIMIT $most", r => new KeptAlert(ReadAlert(r), Moment(r, 7)!.Value, [.. deliveries[r.GetString(8)]]), ("$most", most));
        }
    }

    public void Dispose() => _connection.Dispose();

    private const string Columns = "SELECT kind, subject, occasion, title, advice, at_ms, facts";

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private static SqliteConnection Connect(string file)
    {
        Database.KeepToOwner(file);
        var connection = Database.Connect(file, SqliteOpenMode.ReadWriteCreate);
        try
        {
            connection.Run("PRAGMA journal_mode = WAL");
            // What was raised is to outlive a power cut, and alerts are few.
            connection.Run("PRAGMA synchronous = FULL");
            connection.Run(Schema);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static Alert ReadAlert(SqliteDataReader r) => new()
    {
        Kind = AlertKinds.TryParse(r.GetString(0), out var kind) ? kind : AlertKind.Test,
        Subject = r.GetString(1),
        Occasion = r.GetString(2),
        Title = r.GetString(3),
        Advice = r.GetString(4),
        At = Moment(r, 5)!.Value,
        Facts = JsonSerializer.Deserialize(r.GetString(6), AlertJson.Default.DictionaryStringString)!,
    };

    private static DateTimeOffset? Moment(SqliteDataReader r, int column) => r.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(column));

    private int Run(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    private List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(sql, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}
