using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Sluice.Insights.Store.Deliveries;

namespace Sluice.Insights.Store;

/// <summary>
/// The parts of bills, and which of them are one delivery. Chunks of the same name, bill and month add up, whenever each is imported; a chunk
/// that is there already and says something else begins the delivery anew, and takes the place of all of it.
/// </summary>
internal sealed class DeliveryTable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _transaction;
    private readonly long _import;
    private readonly bool _replaces;
    private readonly DeliveryNotes _notes;
    private readonly Dictionary<string, Delivery> _deliveries = new(StringComparer.Ordinal);
    private readonly Dictionary<UInt128, string> _contents = [];
    private int _ranks;

    /// <param name="replaces">Whether the import is the whole of its bills, whatever there was before.</param>
    /// <param name="notes">Written to when the delivery must be read again.</param>
    public DeliveryTable(SqliteConnection connection, SqliteTransaction transaction, long import, bool replaces, DeliveryNotes notes)
    {
        (_connection, _transaction, _import, _replaces, _notes) = (connection, transaction, import, replaces, notes);
        Run("CREATE TEMP TABLE IF NOT EXISTS siblings (part INTEGER PRIMARY KEY)");
        Run("DELETE FROM siblings");
    }

    /// <summary>Of the part that was begun last; 0 before any.</summary>
    public long Part { get; private set; }

    /// <summary>Tells the deliveries of this import apart.</summary>
    public int Rank { get; private set; }

    private sealed class Delivery
    {
        public required int Rank { get; init; }

        public required long Generation { get; init; }

        public required bool IsJoined { get; init; }

        /// <summary>Chunks that earlier imports brought, with what they hold.</summary>
        public required Dictionary<int, UInt128> Earlier { get; init; }

        public Dictionary<int, (string Name, UInt128 Content)> Read { get; } = [];
    }

    /// <param name="name">The file, and its place in it.</param>
    /// <param name="chunk">Where it is one of several, whose charges are restated; null otherwise.</param>
    /// <param name="bill">That its first row is of.</param>
    public void Begin(string name, ChunkName? chunk, Bill bill)
    {
        var key = chunk is { } known ? $"{known.Stem}|{bill.Source.Name()}|{bill.Account}|{bill.Month}" : "";
        var delivery = chunk is { } one ? Find(key, one) : null;
        Rank = delivery?.Rank ?? ++_ranks;
        Part = Convert.ToInt64(Run(
            "INSERT INTO parts (import, name, delivery, chunk, generation) VALUES ($import, $name, $delivery, $chunk, $generation) RETURNING id",
            ("$import", _import), ("$name", name), ("$delivery", key), ("$chunk", chunk?.Number ?? 0), ("$generation", delivery?.Generation ?? 0)), CultureInfo.InvariantCulture);
    }

    /// <param name="name">As it was begun.</param>
    /// <param name="content">A number for all that it says.</param>
    public void End(string name, ChunkName? chunk, UInt128 content)
    {
        if (_contents.TryGetValue(content, out var same))
        {
            _notes.Repeated[name] = same;
            throw new ImportAgainException();
        }
        _contents[content] = name;
        Run("UPDATE parts SET content = $content WHERE id = $id", ("$content", Bytes(content)), ("$id", Part));
        if (chunk is { } one && _deliveries.Values.FirstOrDefault(d => d.Rank == Rank) is { } delivery)
            delivery.Read[one.Number] = (name, content);
    }

    /// <summary>Whether what was read is what it was taken for.</summary>
    /// <exception cref="ImportAgainException">It isn't.</exception>
    public void Verify()
    {
        foreach (var (key, delivery) in _replaces ? [] : _deliveries)
        {
            var again = delivery.Read.Where(r => delivery.Earlier.ContainsKey(r.Key)).Select(r => (r.Value.Name, IsSame: delivery.Earlier[r.Key] == r.Value.Content)).ToList();
            if (again.Count == 0 || (!delivery.IsJoined && again.Exists(a => !a.IsSame)))
                continue;
            if (again.TrueForAll(a => a.IsSame))
            {
                foreach (var (name, _) in again)
                    _notes.Repeated[name] = "an earlier import";
            }
            else
                _notes.Renewed.Add(key);
            throw new ImportAgainException();
        }
    }

    private Delivery Find(string key, ChunkName chunk)
    {
        if (_deliveries.TryGetValue(key, out var known))
            return known;
        var (generation, earlier) = (0L, new Dictionary<int, UInt128>());
        var parts = new List<long>();
        using (var ask = Command("SELECT id, chunk, generation, content FROM parts WHERE delivery = $key AND import <> $import AND generation = (SELECT MAX(generation) FROM parts WHERE delivery = $key AND import <> $import)",
            ("$key", key), ("$import", _import)))
        using (var rows = ask.ExecuteReader())
        {
            while (rows.Read())
            {
                generation = rows.GetInt64(2);
                parts.Add(rows.GetInt64(0));
                earlier[rows.GetInt32(1)] = rows.IsDBNull(3) ? 0 : BinaryPrimitives.ReadUInt128BigEndian((byte[])rows[3]);
            }
        }
        var isJoined = !_replaces && earlier.Count > 0 && !_notes.Renewed.Contains(key) && !earlier.ContainsKey(chunk.Number) && (chunk.IsPadded || IsSequence(earlier.Keys, chunk.Number));
        foreach (var part in isJoined ? parts : [])
            Run("INSERT OR IGNORE INTO siblings VALUES ($part)", ("$part", part));
        return _deliveries[key] = new Delivery { Rank = ++_ranks, Generation = isJoined ? generation : generation + 1, IsJoined = isJoined, Earlier = earlier };
    }

    /// <summary>Whether numbers count from 1 without a gap.</summary>
    private static bool IsSequence(IEnumerable<int> numbers, int another)
    {
        var all = numbers.Append(another).Order().ToList();
        return all[0] == 1 && all[^1] == all.Count;
    }

    private static byte[] Bytes(UInt128 content)
    {
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, content);
        return bytes;
    }

    private object? Run(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(sql, parameters);
        return command.ExecuteScalar();
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = _connection.CreateCommand();
        command.Transaction = _transaction;
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}
