using Microsoft.Data.Sqlite;
using Sluice.Insights.Imports;
using Sluice.Ledger.Sqlite;

namespace Sluice.Insights.Store;

/// <summary>
/// Puts charges into the store. Rows of one import that differ in their amounts alone add up; a row of a later import takes the place of
/// what an earlier one said, or is added to it where a source delivers each of its records once.
/// </summary>
internal sealed class ChargeTable : IDisposable
{
    private const int SecondsPerDay = 86_400;
    private const string Where = "WHERE from_s = ?1 AND facet = ?2 AND to_s = ?3";
    private static readonly string Places = string.Concat(CostSchema.SumColumns.Select((_, i) => $", ?{i + 5}"));

    private readonly SqliteConnection _connection;
    private readonly long _import;
    private readonly FacetTable _facets;
    private readonly Statement _insert;
    private readonly Statement _replace;
    private readonly Statement _add;
    private readonly List<long> _ids = [];
    private bool _wasRestated;

    public ChargeTable(SqliteConnection connection, FacetTable facets, long import)
    {
        (_connection, _facets, _import) = (connection, facets, import);
        _insert = new Statement(connection, $"INSERT INTO charges VALUES (?1, ?2, ?3, ?4{Places}) ON CONFLICT DO NOTHING");
        _replace = new Statement(connection, $"UPDATE charges SET import = ?4{string.Concat(CostSchema.SumColumns.Select((c, i) => $", {c} = ?{i + 5}"))} {Where} AND import <> ?4");
        _add = new Statement(connection, $"UPDATE charges SET import = ?4{string.Concat(CostSchema.SumColumns.Select((c, i) => $", {c} = {c} + ?{i + 5}"))} {Where}");
    }

    public long Added { get; private set; }

    public long Restated { get; private set; }

    /// <summary>The days whose sums no longer hold.</summary>
    public HashSet<long> Days { get; } = [];

    public long First { get; private set; } = long.MaxValue;

    public long Last { get; private set; } = long.MinValue;

    /// <summary>The day on which a moment lies, also before 1970.</summary>
    public static long DayOf(long seconds) => (seconds - (((seconds % SecondsPerDay) + SecondsPerDay) % SecondsPerDay)) / SecondsPerDay;

    public void Write(ChargeBatch batch)
    {
        if (batch.ForgetsFacets)
            _ids.Clear();
        foreach (var (identity, facet) in batch.NewFacets)
            _ids.Add(_facets.IdOf(identity, facet));
        var rows = batch.Rows;
        // In the order in which they lie, so that neighbours are written together and rows of one charge meet here.
        rows.Sort((a, b) => a.From != b.From ? a.From.CompareTo(b.From) : a.Facet != b.Facet ? _ids[a.Facet].CompareTo(_ids[b.Facet]) : a.To.CompareTo(b.To));
        for (var i = 0; i < rows.Length;)
        {
            ref var row = ref rows[i++];
            while (i < rows.Length && rows[i].From == row.From && rows[i].To == row.To && rows[i].Facet == row.Facet)
                row.Sums.Add(rows[i++].Sums);
            Write(row);
        }
        if (rows.Length > 0)
            (First, Last) = (Math.Min(First, rows[0].From), Math.Max(Last, rows[^1].From));
    }

    /// <summary>Takes out what earlier imports said of a bill that this one is the whole of.</summary>
    /// <param name="bill">Whose charges.</param>
    /// <param name="from">The first moment at which they begin.</param>
    /// <param name="to">The first moment no longer in it.</param>
    /// <returns>How many there were.</returns>
    public long RemoveEarlier(in Bill bill, long from, long to)
    {
        using var delete = _connection.CreateCommand();
        delete.CommandText = """
            DELETE FROM charges WHERE from_s >= $from AND from_s < $to AND import <> $import
                AND facet IN (SELECT id FROM facets WHERE source = $source AND billing_account = $account AND billing_month = $month)
            RETURNING from_s
            """;
        delete.Parameters.AddWithValue("$from", from);
        delete.Parameters.AddWithValue("$to", to);
        delete.Parameters.AddWithValue("$import", _import);
        delete.Parameters.AddWithValue("$source", bill.Source.Name());
        delete.Parameters.AddWithValue("$account", bill.Account);
        delete.Parameters.AddWithValue("$month", bill.Month);
        using var removed = delete.ExecuteReader();
        long count = 0;
        for (; removed.Read(); count++)
            Days.Add(DayOf(removed.GetInt64(0)));
        return count;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _replace.Dispose();
        _add.Dispose();
    }

    private void Write(in ChargeRow row)
    {
        Days.Add(DayOf(row.From));
        // A bill mostly restates all of a month or nothing: what the last row was is tried first.
        if (_wasRestated && !row.AddsUp && TryReplace(row))
            return;
        _wasRestated = false;
        if (Run(_insert, row) > 0)
            Added++;
        else if (row.AddsUp || !TryReplace(row))
            Run(_add, row);
    }

    private bool TryReplace(in ChargeRow row)
    {
        _wasRestated = Run(_replace, row) > 0;
        Restated += _wasRestated ? 1 : 0;
        return _wasRestated;
    }

    private int Run(Statement statement, in ChargeRow row)
    {
        statement.Bind(1, row.From).Bind(2, _ids[row.Facet]).Bind(3, row.To).Bind(4, _import);
        row.Sums.Bind(statement, 5);
        return statement.Run();
    }
}
