using Microsoft.Data.Sqlite;
using Sluice.Core.Invocations;
using Sluice.Ledger.Journal;

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
    private readonly TagSets _tagSets;
    private readonly SqliteCommand _insertInvocation;
    private readonly SqliteCommand _insertIntent;
    private readonly SqliteCommand _deleteIntent;
    private readonly SqliteCommand _addRollup;
    private readonly SqliteCommand _setProgress;

    public Indexer(JournalFolder folder, SqliteConnection connection)
    {
        _reader = new JournalReader(folder);
        _connection = connection;
        _tagSets = new TagSets(connection);
        _insertInvocation = Prepare("INSERT OR IGNORE INTO invocations (invocation_id, started_us, record) VALUES ($id, $started, $record)", "$id", "$started", "$record");
        _insertIntent = Prepare("INSERT OR REPLACE INTO open_intents (invocation_id, segment, record) VALUES ($id, $segment, $record)", "$id", "$segment", "$record");
        _deleteIntent = Prepare("DELETE FROM open_intents WHERE invocation_id = $id", "$id");
        _addRollup = Prepare("""
            INSERT INTO rollups VALUES ($hour, $key, $tags, $operation, $model, $region, $scope, $tier, $outcome, $estimated, $kind, $calls, $unpriced, $quantity, $cost)
            ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, unpriced_calls = unpriced_calls + excluded.unpriced_calls,
                quantity_milli = quantity_milli + excluded.quantity_milli, cost_pico = cost_pico + excluded.cost_pico
            """, "$hour", "$key", "$tags", "$operation", "$model", "$region", "$scope", "$tier", "$outcome", "$estimated", "$kind", "$calls", "$unpriced", "$quantity", "$cost");
        _setProgress = Prepare("UPDATE progress SET segment = $segment, offset = $offset", "$segment", "$offset");
        Position = ReadPosition(connection);
    }

    /// <summary>Where the next batch begins: everything before it is in the database.</summary>
    public JournalPosition Position { get; private set; }

    /// <summary>Lines whose checksum did not fit, since this indexer was made.</summary>
    public long CorruptLines { get; private set; }

    public static JournalPosition ReadPosition(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT segment, offset FROM progress";
        using var reader = command.ExecuteReader();
        reader.Read();
        return new JournalPosition(reader.GetString(0), reader.GetInt64(1));
    }

    /// <summary>Indexes one batch; false where nothing was left to do.</summary>
    public bool IndexBatch()
    {
        var opened = new Dictionary<string, (string Segment, byte[] Record)>(StringComparer.Ordinal);
        var closed = new List<InvocationRecord>();
        var corrupt = 0L;
        var next = _reader.Read(Position, BatchBytes, entry =>
        {
            switch (entry.Kind)
            {
                case JournalLineKind.Open:
                    opened[InvocationJson.Read(entry.Json).InvocationId] = (entry.Segment, entry.Json.ToArray());
                    break;
                case JournalLineKind.Close:
                    var record = InvocationJson.Read(entry.Json);
                    opened.Remove(record.InvocationId);
                    closed.Add(record);
                    break;
                default:
                    corrupt++;
                    break;
            }
        });
        if (next == Position)
            return false;
        Commit(transaction =>
        {
            Insert(closed, transaction);
            foreach (var (id, (segment, record)) in opened)
                Execute(_insertIntent, transaction, id, segment, record);
            Execute(_setProgress, transaction, next.Segment, next.Offset);
        });
        Position = next;
        CorruptLines += corrupt;
        return true;
    }

    /// <summary>Records what was opened in any segment but <paramref name="ownSegment"/> and never closed: its process has died.</summary>
    /// <returns>How many there were.</returns>
    public int SettleInterrupted(string ownSegment)
    {
        var interrupted = new List<InvocationRecord>();
        using (var select = _connection.CreateCommand())
        {
            select.CommandText = "SELECT record FROM open_intents WHERE segment < $own";
            select.Parameters.AddWithValue("$own", ownSegment);
            using var reader = select.ExecuteReader();
            while (reader.Read())
                interrupted.Add(InvocationJson.Read((byte[])reader[0]));
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
        _addRollup.Dispose();
        _setProgress.Dispose();
    }

    /// <summary>Adds invocations and their sums; one that is there already changes nothing.</summary>
    private void Insert(List<InvocationRecord> records, SqliteTransaction transaction)
    {
        var rollups = new Dictionary<RollupKey, RollupSums>();
        foreach (var record in records)
        {
            Execute(_deleteIntent, transaction, record.InvocationId);
            if (Execute(_insertInvocation, transaction, record.InvocationId, Rollup.Microseconds(record.StartedAt), InvocationJson.ToUtf8(record)) == 1)
                Rollup.AddTo(rollups, record, _tagSets.IdOf(record.Tags, transaction));
        }
        foreach (var (key, sums) in rollups)
        {
            Execute(
                _addRollup, transaction, key.Hour, key.KeyId, key.TagSet, key.Operation, key.Model, key.Region, key.Scope, key.Tier, key.Outcome,
                key.IsEstimated ? 1 : 0, key.Kind, sums.Calls, sums.UnpricedCalls, sums.QuantityMilli, sums.CostPico);
        }
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
            _tagSets.Forget();
            throw;
        }
    }

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
            command.Parameters.Add(new SqliteParameter(name, null));
        return command;
    }

    private static int Execute(SqliteCommand command, SqliteTransaction transaction, params ReadOnlySpan<object> values)
    {
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
        return command.ExecuteNonQuery();
    }
}
