using System.Text.Json;
using Microsoft.Data.Sqlite;
using Sluice.Core.Invocations;
using Sluice.Ledger.Journal;
using Sluice.Ledger.Sums;
using SQLitePCL;

namespace Sluice.Ledger.Sqlite;

/// <summary>
/// Takes the journal over into SQLite. Each batch, its sums and the place it ends at are one transaction, so a crash at any
/// moment leaves every invocation counted once. Not thread-safe: one thread indexes.
/// </summary>
internal sealed class Indexer : IDisposable
{
    private const long BatchBytes = 2 * 1024 * 1024;

    private readonly JournalReader _reader;
    private readonly SqliteConnection _connection;
    private readonly CallIndex _calls;
    private readonly Statement _insertInvocation;
    private readonly Statement _insertIntent;
    private readonly Statement _deleteIntent;
    private readonly Statement _setProgress;

    /// <param name="folder">The journal.</param>
    /// <param name="connection">The database; it is disposed with the indexer.</param>
    public Indexer(JournalFolder folder, SqliteConnection connection)
    {
        _reader = new JournalReader(folder);
        _connection = connection;
        _calls = new CallIndex(connection);
        _insertInvocation = new Statement(connection, "INSERT OR IGNORE INTO invocations (invocation_id, started_us, record) VALUES (?1, ?2, ?3)");
        _insertIntent = new Statement(connection, "INSERT OR REPLACE INTO open_intents (invocation_id, segment, record) VALUES (?1, ?2, ?3)");
        _deleteIntent = new Statement(connection, "DELETE FROM open_intents WHERE invocation_id = ?1");
        _setProgress = new Statement(connection, "UPDATE progress SET segment = ?1, offset = ?2");
        Position = ReadPosition(connection);
    }

    /// <summary>Where the next batch begins: everything before it is in the database.</summary>
    public JournalPosition Position { get; private set; }

    /// <summary>For upkeep, by the thread that indexes.</summary>
    public SqliteConnection Connection => _connection;

    /// <summary>Lines that were passed over since this indexer was made: their checksum did not fit, or they were no record.</summary>
    public long CorruptLines { get; private set; }

    public static JournalPosition ReadPosition(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT segment, offset FROM progress";
        using var reader = command.ExecuteReader();
        reader.Read();
        return new JournalPosition(reader.GetString(0), reader.GetInt64(1));
    }

    /// <summary>Whether calls are under way, or were when their process died.</summary>
    public static bool HasOpenIntents(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT EXISTS (SELECT 1 FROM open_intents)";
        return command.ExecuteScalar() is 1L;
    }

    /// <summary>Indexes one batch; false where nothing was left to do.</summary>
    public bool IndexBatch()
    {
        var opened = new Dictionary<string, (string Segment, byte[] Json)>(StringComparer.Ordinal);
        var closed = new List<(InvocationRecord Record, byte[] Json)>();
        var corrupt = 0L;
        var next = _reader.Read(Position, BatchBytes, entry =>
        {
            try
            {
                switch (entry.Kind)
                {
                    case JournalLineKind.Open:
                        opened[InvocationId(entry.Json)] = (entry.Segment, entry.Json.ToArray());
                        break;
                    case JournalLineKind.Close:
                        var record = InvocationJson.Read(entry.Json);
                        opened.Remove(record.InvocationId);
                        closed.Add((record, entry.Json.ToArray()));
                        break;
                    case JournalLineKind.Corrupt:
                        corrupt++;
                        break;
                }
            }
            catch (JsonException)
            {
                // A fitting checksum over what is no record: stopping at it would stop the index for ever.
                corrupt++;
            }
        });
        if (next == Position)
            return false;
        Commit(transaction =>
        {
            Insert(closed, transaction);
            foreach (var (id, (segment, json)) in opened)
                _insertIntent.Bind(1, id).Bind(2, segment).Bind(3, json).Run();
            _setProgress.Bind(1, next.Segment).Bind(2, next.Offset).Run();
        });
        Position = next;
        CorruptLines += corrupt;
        return true;
    }

    /// <summary>Records what was opened in any segment before <paramref name="ownSegment"/> and never closed: its process has died.</summary>
    /// <returns>How many there were.</returns>
    public int SettleInterrupted(string ownSegment)
    {
        var interrupted = new List<(InvocationRecord Record, byte[] Json)>();
        using (var select = _connection.CreateCommand())
        {
            select.CommandText = "SELECT record FROM open_intents WHERE segment < $own";
            select.Parameters.AddWithValue("$own", ownSegment);
            using var reader = select.ExecuteReader();
            while (reader.Read())
            {
                var json = (byte[])reader[0];
                try
                {
                    interrupted.Add((InvocationJson.Read(json), json));
                }
                catch (JsonException)
                {
                    CorruptLines++;
                }
            }
        }
        if (interrupted.Count > 0)
            Commit(transaction => Insert(interrupted, transaction));
        return interrupted.Count;
    }

    public void Dispose()
    {
        _insertInvocation.Dispose();
        _insertIntent.Dispose();
        _deleteIntent.Dispose();
        _calls.Dispose();
        _setProgress.Dispose();
        _connection.Dispose();
        _reader.Dispose();
    }

    /// <summary>Adds invocations and their sums; one that is there already changes nothing.</summary>
    private void Insert(List<(InvocationRecord Record, byte[] Json)> closed, SqliteTransaction transaction)
    {
        foreach (var (record, json) in closed)
        {
            _deleteIntent.Bind(1, record.InvocationId).Run();
            if (_insertInvocation.Bind(1, record.InvocationId).Bind(2, Quarters.MicrosecondsOf(record.StartedAt)).Bind(3, json).Run() == 1)
                _calls.Add(raw.sqlite3_last_insert_rowid(_connection.Handle), record, isSummed: true, transaction);
        }
        _calls.WriteSums();
    }

    /// <summary>The id alone: most intents are deleted before anyone asks for the rest of them.</summary>
    private static string InvocationId(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read() && (reader.TokenType == JsonTokenType.StartObject || reader.TokenType == JsonTokenType.PropertyName))
        {
            if (reader.TokenType == JsonTokenType.StartObject)
                continue;
            var isId = reader.ValueTextEquals("invocation_id"u8);
            reader.Read();
            if (isId && reader.TokenType == JsonTokenType.String)
                return reader.GetString()!;
            reader.Skip();
        }
        throw new JsonException("An intent's JSON lacks 'invocation_id'.");
    }

    private void Commit(Action<SqliteTransaction> work)
    {
        using var transaction = _connection.BeginTransaction();
        try
        {
            work(transaction);
            transaction.Commit();
        }
        catch
        {
            _calls.Forget();
            throw;
        }
    }
}
