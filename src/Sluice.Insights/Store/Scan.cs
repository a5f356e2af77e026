using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Sluice.Insights.Store;

/// <summary>
/// Rows of numbers, read one after the other. SqliteDataReader asks for the type of each field before its value, and SQLitePCL counts a
/// reference to the statement up and down for each: over millions of rows of twenty numbers both take longer than reading them. Not thread-safe.
/// </summary>
internal sealed class Scan : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly nint _row;

    public Scan(SqliteConnection connection, string sql) : this(connection.Handle!, sql)
    {
    }

    public Scan(sqlite3 database, string sql)
    {
        _database = database;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(_database, sql, out _statement), _database);
        _row = _statement.DangerousGetHandle();
    }

    /// <summary>Begins again, with the parameters of the query in their order.</summary>
    public Scan From(params ReadOnlySpan<long> parameters)
    {
        raw.sqlite3_reset(_statement);
        for (var i = 0; i < parameters.Length; i++)
            Check(raw.sqlite3_bind_int64(_statement, i + 1, parameters[i]));
        return this;
    }

    /// <summary>Begins again; the other parameters stay as they are.</summary>
    public Scan Bind(int parameter, string text)
    {
        raw.sqlite3_reset(_statement);
        Check(raw.sqlite3_bind_text(_statement, parameter, text));
        return this;
    }

    /// <summary>Begins again; the other parameters stay as they are.</summary>
    public Scan Bind(int parameter, ReadOnlySpan<byte> bytes)
    {
        raw.sqlite3_reset(_statement);
        Check(raw.sqlite3_bind_blob(_statement, parameter, bytes));
        return this;
    }

    /// <exception cref="SqliteException">It failed.</exception>
    public bool Next()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW)
            return true;
        if (result != raw.SQLITE_DONE)
            Check(result);
        return false;
    }

    /// <summary>Columns count from 0; a NULL is 0.</summary>
    public long Number(int column) => ColumnInt64(_row, column);

    public string Text(int column) => Marshal.PtrToStringUTF8(ColumnText(_row, column)) ?? "";

    public void Dispose() => _statement.Dispose();

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_column_int64")]
    private static extern long ColumnInt64(nint statement, int column);

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_column_text")]
    private static extern nint ColumnText(nint statement, int column);

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}
