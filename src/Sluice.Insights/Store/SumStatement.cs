using Microsoft.Data.Sqlite;
using Sluice.Ledger.Sqlite;

namespace Sluice.Insights.Store;

/// <summary>
/// A statement that writes one row of numbers after the other. To bind a number takes as long as all else that is done with it, and half of
/// them are what they were in the row before: those stay bound.
/// </summary>
internal sealed class SumStatement(SqliteConnection connection, string sql, int parameters) : IDisposable
{
    private readonly Statement _statement = new(connection, sql);
    private readonly long?[] _bound = new long?[parameters];

    /// <summary>Parameters count from 1, as in SQL (?1).</summary>
    public SumStatement Bind(int parameter, long value)
    {
        ref var bound = ref _bound[parameter - 1];
        if (bound != value)
            _statement.Bind(parameter, (bound = value).Value);
        return this;
    }

    /// <returns>How many rows it changed.</returns>
    /// <exception cref="SqliteException">It failed.</exception>
    public int Run() => _statement.Run();

    public void Dispose() => _statement.Dispose();
}
