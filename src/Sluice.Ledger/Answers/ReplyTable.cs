using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.Data.Sqlite;
using Sluice.Core;
using Sluice.Ledger.Sqlite;

namespace Sluice.Ledger.Answers;

/// <summary>A reply in the table, without itself.</summary>
/// <param name="StoredUs">When it was stored, in microseconds since 1970.</param>
/// <param name="Bytes">About what it takes in the file.</param>
internal readonly record struct ReplyRow((UInt128 High, UInt128 Low) Key, long StoredUs, int Bytes);

/// <summary>The replies in SQLite, compressed, each with a checksum: SQLite notices damage to its pages, not to what lies on them. Not thread-safe.</summary>
internal sealed class ReplyTable : IDisposable
{
    public const string FileName = "replies.db";

    // Key, numbers, and the row's part of two indexes.
    private const int RowOverheadBytes = 150;

    // Replies are JSON or frames of it, which become four to ten times smaller; a higher quality takes many times longer for little more.
    private const int BrotliQuality = 4;
    private const int BrotliWindowBits = 18;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS replies (
            id INTEGER PRIMARY KEY, key BLOB NOT NULL, stored_us INTEGER NOT NULL, bytes INTEGER NOT NULL,
            length INTEGER NOT NULL, crc INTEGER NOT NULL, reply BLOB NOT NULL);
        -- Has all that is read at the start, so that this need not read the replies.
        CREATE INDEX IF NOT EXISTS replies_by_key ON replies (key, stored_us, bytes);
        """;

    private readonly SqliteConnection _connection;
    private readonly Statement _delete;
    private readonly Statement _insert;
    private readonly byte[] _key = new byte[32];
    private byte[] _packed = new byte[64 * 1024];

    private ReplyTable(SqliteConnection connection)
    {
        _connection = connection;
        _delete = new Statement(connection, "DELETE FROM replies WHERE key = ?1");
        _insert = new Statement(connection, "INSERT INTO replies (key, stored_us, bytes, length, crc, reply) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    }

    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, FileName);

    /// <summary>Opens the file, which only its owner may read.</summary>
    /// <exception cref="SqliteException">It can't be used; see <see cref="Database.IsDamage"/>.</exception>
    public static ReplyTable Open(string dataDirectory)
    {
        var file = PathIn(dataDirectory);
        Database.KeepToOwner(file);
        var connection = Database.Connect(file, SqliteOpenMode.ReadWriteCreate);
        try
        {
            connection.Run("PRAGMA auto_vacuum = INCREMENTAL");
            connection.Run("PRAGMA journal_mode = WAL");
            connection.Run("PRAGMA journal_size_limit = 8388608");
            connection.Run("PRAGMA synchronous = NORMAL");
            connection.Run(Schema);
            return new ReplyTable(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public IEnumerable<ReplyRow> Rows()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT key, stored_us, bytes FROM replies INDEXED BY replies_by_key";
        using var reader = command.ExecuteReader();
        while (reader.Read())
            yield return RowOf(reader);
    }

    /// <summary>Runs changes as one: all of them are there afterwards, or none.</summary>
    public void Change(Action changes)
    {
        _connection.Run("BEGIN IMMEDIATE");
        try
        {
            changes();
            _connection.Run("COMMIT");
        }
        catch
        {
            TryRollBack();
            throw;
        }
    }

    public ReplyRow Put((UInt128 High, UInt128 Low) key, long storedUs, byte[] reply)
    {
        if (_packed.Length < BrotliEncoder.GetMaxCompressedLength(reply.Length))
            _packed = new byte[BrotliEncoder.GetMaxCompressedLength(reply.Length)];
        if (!BrotliEncoder.TryCompress(reply, _packed, out var length, BrotliQuality, BrotliWindowBits))
            throw new InvalidOperationException("A buffer of the greatest length that compressing can need was too short.");
        var packed = _packed.AsSpan(0, length);
        var row = new ReplyRow(key, storedUs, length + RowOverheadBytes);
        Write(key);
        _delete.Bind(1, _key).Run();
        _insert.Bind(1, _key).Bind(2, storedUs).Bind(3, row.Bytes).Bind(4, reply.Length).Bind(5, Crc32.Compute(packed)).Bind(6, packed).Run();
        return row;
    }

    /// <exception cref="InvalidDataException">What is there is not what was written.</exception>
    public byte[]? Read((UInt128 High, UInt128 Low) key, long oldestUs)
    {
        Write(key);
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT length, crc, reply FROM replies WHERE key = $key AND stored_us >= $oldest";
        command.Parameters.AddWithValue("$key", _key);
        command.Parameters.AddWithValue("$oldest", oldestUs);
        using var reader = command.ExecuteReader();
        if (!reader.Read())
            return null;
        var packed = (byte[])reader[2];
        var length = reader.GetInt64(0);
        if (Crc32.Compute(packed) != reader.GetInt64(1) || length is < 0 or > int.MaxValue)
            throw new InvalidDataException("A stored reply does not match its checksum.");
        var reply = new byte[length];
        return BrotliDecoder.TryDecompress(packed, reply, out var written) && written == length
            ? reply
            : throw new InvalidDataException("A stored reply can't be unpacked.");
    }

    /// <summary>Deletes of the oldest rows those that were stored before a time.</summary>
    public List<ReplyRow> RemoveOldest(int count, long beforeUs)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "DELETE FROM replies WHERE id IN (SELECT id FROM replies ORDER BY id LIMIT $count) AND stored_us < $before RETURNING key, stored_us, bytes";
        command.Parameters.AddWithValue("$count", count);
        command.Parameters.AddWithValue("$before", beforeUs);
        using var reader = command.ExecuteReader();
        var removed = new List<ReplyRow>();
        while (reader.Read())
            removed.Add(RowOf(reader));
        return removed;
    }

    /// <summary>Gives the disk back what deleted rows have left free.</summary>
    public void Shrink()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)";
        using var reader = command.ExecuteReader();
        do
        {
            // Each step frees one page.
            while (reader.Read())
            {
            }
        }
        while (reader.NextResult());
    }

    public void Dispose()
    {
        _delete.Dispose();
        _insert.Dispose();
        _connection.Dispose();
    }

    private static ReplyRow RowOf(SqliteDataReader reader)
    {
        ReadOnlySpan<byte> key = (byte[])reader[0];
        return new ReplyRow((BinaryPrimitives.ReadUInt128BigEndian(key), BinaryPrimitives.ReadUInt128BigEndian(key[16..])), reader.GetInt64(1), reader.GetInt32(2));
    }

    private void Write((UInt128 High, UInt128 Low) key)
    {
        BinaryPrimitives.WriteUInt128BigEndian(_key, key.High);
        BinaryPrimitives.WriteUInt128BigEndian(_key.AsSpan(16), key.Low);
    }

    private void TryRollBack()
    {
        try
        {
            _connection.Run("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself, or the file is past it; what went wrong first is what counts.
        }
    }
}
