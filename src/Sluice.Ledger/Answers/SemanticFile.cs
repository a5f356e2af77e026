using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Sluice.Core;
using Sluice.Ledger.Sqlite;

namespace Sluice.Ledger.Answers;

/// <summary>
/// What semantic recall keeps over a restart, in SQLite: rows that are read and written all at once, each with a checksum.
/// It is a convenience and no record: whatever goes wrong with it is logged, and nothing waits for it.
/// </summary>
public sealed partial class SemanticFile(string dataDirectory, TimeProvider time, ILogger<SemanticFile> logger)
{
    public const string FileName = "semantic.db";

    private readonly string _file = Path.Combine(dataDirectory, FileName);

    /// <summary>The rows of the last snapshot; none where there is no file, or a damaged one, which is set aside.</summary>
    public IReadOnlyList<byte[]> Read()
    {
        if (!File.Exists(_file))
            return [];
        try
        {
            using var connection = Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT crc, data FROM rows ORDER BY id";
            using var reader = command.ExecuteReader();
            var rows = new List<byte[]>();
            while (reader.Read())
            {
                var row = (byte[])reader[1];
                if (Crc32.Compute(row) != reader.GetInt64(0))
                    throw new InvalidDataException("A row does not match its checksum.");
                rows.Add(row);
            }
            return rows;
        }
        catch (Exception e) when (e is SqliteException or InvalidDataException or InvalidCastException or IOException or UnauthorizedAccessException)
        {
            OnTrouble(e);
            return [];
        }
    }

    /// <summary>Puts rows in the place of those of the last snapshot: all of them, or, where that fails, none.</summary>
    public void Write(IReadOnlyList<byte[]> rows)
    {
        try
        {
            using var connection = Open();
            using var transaction = connection.BeginTransaction();
            connection.Run("DELETE FROM rows", transaction);
            using (var insert = new Statement(connection, "INSERT INTO rows (crc, data) VALUES (?1, ?2)"))
            {
                foreach (var row in rows)
                    insert.Bind(1, Crc32.Compute(row)).Bind(2, row).Run();
            }
            transaction.Commit();
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            OnTrouble(e);
        }
    }

    private SqliteConnection Open()
    {
        Database.KeepToOwner(_file);
        var connection = Database.Connect(_file, SqliteOpenMode.ReadWriteCreate);
        try
        {
            connection.Run("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, crc INTEGER NOT NULL, data BLOB NOT NULL)");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void OnTrouble(Exception e)
    {
        if (e is InvalidDataException or InvalidCastException || (e is SqliteException sqlite && Database.IsDamage(sqlite)))
            Log.Damaged(logger, _file, Database.SetAside(_file, time));
        else
            Log.Troubled(logger, _file, e.Message);
    }

    private static partial class Log
    {
        [LoggerMessage(48, LogLevel.Error, "{File} was damaged; it is kept as {Aside}, and semantic recall begins anew")]
        public static partial void Damaged(ILogger logger, string file, string aside);

        [LoggerMessage(49, LogLevel.Error, "What semantic recall has learned can't be kept in {File}: {Cause}")]
        public static partial void Troubled(ILogger logger, string file, string cause);
    }
}
