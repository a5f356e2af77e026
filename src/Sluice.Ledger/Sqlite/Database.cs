using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Sluice.Core.Invocations;

namespace Sluice.Ledger.Sqlite;

/// <summary>Opens the ledger's SQLite file and knows its schema and what damage looks like.</summary>
internal static class Database
{
    public const string FileName = "ledger.db";

    /// <summary>The schema that this program knows; a file says its own as SQLite's user_version, where 0 is from before that was written.</summary>
    public const long Version = 2;

    // SQLite's own result codes (sqlite3.h).
    private const int Permission = 3;
    private const int ReadOnly = 8;
    private const int Corrupt = 11;
    private const int CantOpen = 14;
    private const int NotADatabase = 26;

    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, FileName);

    /// <summary>Makes the file if there is none, and brings one of an earlier version up to this one.</summary>
    /// <exception cref="SqliteException">The file can't be used; see <see cref="IsDamage"/>.</exception>
    /// <exception cref="LedgerUnavailableException">It is of a later version, or can't be brought up to this one.</exception>
    public static SqliteConnection OpenForWriting(string dataDirectory, ILogger? logger = null)
    {
        var connection = Connect(PathIn(dataDirectory), SqliteOpenMode.ReadWriteCreate);
        try
        {
            connection.Run("PRAGMA journal_mode = WAL");
            connection.Run("PRAGMA synchronous = NORMAL");
            connection.Run("PRAGMA cache_size = -8000");
            if (CheckVersion(connection, dataDirectory) < Version)
                SchemaUpgrade.Run(connection, dataDirectory, logger);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static bool Exists(string dataDirectory) => File.Exists(PathIn(dataDirectory));

    /// <summary>A connection that can change nothing, also in a directory that this user may only read.</summary>
    /// <exception cref="SqliteException">There is no such file, or it can't be used.</exception>
    public static SqliteConnection OpenForReading(string dataDirectory)
    {
        var file = PathIn(dataDirectory);
        try
        {
            return OpenForReading(file, SqliteOpenMode.ReadWrite, dataDirectory);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is CantOpen or ReadOnly or Permission && File.Exists(file))
        {
            // Its companions can't be made here, so nobody writes it here either.
            return OpenForReading($"file:{string.Join('/', Path.GetFullPath(file).Split('/').Select(Uri.EscapeDataString))}?immutable=1", SqliteOpenMode.ReadOnly, dataDirectory);
        }
    }

    private static SqliteConnection OpenForReading(string source, SqliteOpenMode mode, string dataDirectory)
    {
        var connection = Connect(source, mode);
        try
        {
            connection.Run("PRAGMA query_only = 1");
            CheckVersion(connection, dataDirectory);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Whether a file has to be brought up to this version before it can be asked.</summary>
    public static bool IsEarlier(SqliteConnection connection) => VersionOf(connection) < Version;

    private static long VersionOf(SqliteConnection connection) => connection.Ask("PRAGMA user_version") as long? ?? 0;

    private static long CheckVersion(SqliteConnection connection, string dataDirectory)
    {
        var version = VersionOf(connection);
        if (version > Version)
            throw new LedgerUnavailableException($"'{PathIn(dataDirectory)}' was written by a later Sluice (schema {version}, this one knows {Version}); run that one.");
        return version;
    }

    /// <summary>The file is no longer a database, in whole or in part; nothing but making it anew from the journal helps.</summary>
    public static bool IsDamage(SqliteException e) => e.SqliteErrorCode is Corrupt or NotADatabase;

    /// <summary>What to tell someone who asked.</summary>
    public static LedgerUnavailableException Unreadable(string file, SqliteException e) => new(
        IsDamage(e)
            ? $"'{file}' is damaged: {e.Message} Stop the server if one runs and delete the file; it is made anew from the journal."
            : $"'{file}' can't be read: {e.Message}",
        e);

    public static void Run(this SqliteConnection connection, string sql, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }

    /// <summary>The first value of the first row; null without rows, or if it is NULL.</summary>
    public static object? Ask(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }

    /// <summary>Keeps a damaged file under another name, for whoever wants to look into it.</summary>
    /// <returns>That name.</returns>
    public static string SetAside(string file, TimeProvider time)
    {
        var aside = $"{file}.damaged-{time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture)}";
        if (File.Exists(file))
            File.Move(file, aside, overwrite: true);
        foreach (var companion in (string[])["-wal", "-shm"])
            File.Delete(file + companion);
        return aside;
    }

    /// <summary>Makes a file that only its owner may read and write, and one that is there to be so; SQLite gives its companions the mode of the file itself.</summary>
    public static void KeepToOwner(string file)
    {
        if (OperatingSystem.IsWindows())
            return;
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        // A file that is there is not opened: closing it would drop the locks of SQLite in this process.
        if (!File.Exists(file))
        {
            using var made = new FileStream(file, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, UnixCreateMode = owner });
        }
        File.SetUnixFileMode(file, owner);
    }

    public static SqliteConnection Connect(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = 30,
        }.ToString());
        connection.Open();
        return connection;
    }
}
