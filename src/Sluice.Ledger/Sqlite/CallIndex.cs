using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Sluice.Core.Invocations;
using Sluice.Ledger.Sums;

namespace Sluice.Ledger.Sqlite;

/// <summary>What is kept of each record so that questions need not read it: a narrow row, and its part of the sums. Not thread-safe.</summary>
internal sealed class CallIndex : IDisposable
{
    private readonly TagSets _tagSets;
    private readonly CallGroups _groups;
    private readonly SumTable _sums;
    private readonly Statement _insert;
    private readonly Dictionary<(long Quarter, long Group), CallSums> _added = [];

    public CallIndex(SqliteConnection connection)
    {
        _tagSets = new TagSets(connection);
        _groups = new CallGroups(connection);
        _sums = new SumTable(connection);
        _insert = new Statement(connection, """
            INSERT INTO calls (id, started_us, group_id, cost_milli, cost_rest_pico, duration_us, ttft_us, input, cache_read, cache_write, output)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """);
    }

    /// <param name="id">The row of the record.</param>
    /// <param name="record">A record that the index does not have.</param>
    /// <param name="isSummed">False if the sums have it.</param>
    /// <param name="transaction">Under way; <see cref="WriteSums"/> follows in it.</param>
    public void Add(long id, InvocationRecord record, bool isSummed, SqliteTransaction transaction)
    {
        var group = _groups.IdOf(CallGroup.Of(record, _tagSets.IdOf(record.Tags, transaction)), transaction);
        var cost = CallFacts.CostOf(record) is { } known ? MoneySum.Of(known) : (MoneySum?)null;
        _insert
            .Bind(1, id).Bind(2, Quarters.MicrosecondsOf(record.StartedAt)).Bind(3, group).Bind(4, cost?.MilliUsd).Bind(5, cost?.RestPicoUsd)
            .Bind(6, Microseconds(record.DurationMs)).Bind(7, Microseconds(record.TtftMs))
            .Bind(8, record.Usage?.Input).Bind(9, record.Usage?.CacheRead).Bind(10, record.Usage?.CacheWrite5m + record.Usage?.CacheWrite1h).Bind(11, record.Usage?.Output)
            .Run();
        if (!isSummed)
            return;
        ref var sums = ref CollectionsMarshal.GetValueRefOrAddDefault(_added, (Quarters.Of(record.StartedAt), group), out _);
        (sums ??= new CallSums()).Add(record);
    }

    /// <summary>Writes the sums of what was added.</summary>
    public void WriteSums()
    {
        _sums.Add(_added);
        _added.Clear();
    }

    /// <summary>The transaction came to nothing.</summary>
    public void Forget()
    {
        _added.Clear();
        _tagSets.Forget();
        _groups.Forget();
    }

    public void Dispose()
    {
        _insert.Dispose();
        _sums.Dispose();
    }

    private static long? Microseconds(double? milliseconds) => milliseconds is { } known && double.IsFinite(known) ? (long)(known * 1000) : null;
}
