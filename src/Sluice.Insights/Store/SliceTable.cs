using Microsoft.Data.Sqlite;
using Sluice.Ledger.Sqlite;

namespace Sluice.Insights.Store;

/// <summary>Gives every slice its number, and finds slices by it. They are few: what makes facets many is left out of them.</summary>
internal sealed class SliceTable(SqliteConnection connection) : IDisposable
{
    private const int MaxRemembered = 50_000;

    private static readonly string Columns = string.Join(", ", CostSchema.SliceColumns);
    private static readonly string Places = string.Join(", ", CostSchema.SliceColumns.Select((_, i) => $"?{i + 2}"));

    private readonly Dictionary<CostSlice, long> _ids = [];
    private readonly Dictionary<long, CostSlice> _slices = [];
    private readonly Statement _insert = new(connection, $"INSERT INTO slices (coarse, {Columns}) VALUES (?1, {Places}) ON CONFLICT DO NOTHING");
    private readonly Scan _find = new(connection, $"SELECT id FROM slices WHERE (coarse, {Columns}) = (?1, {Places})");
    private readonly Scan _read = new(connection, $"SELECT coarse, {Columns} FROM slices WHERE id = ?1");

    public long IdOf(CostSlice slice)
    {
        if (_ids.TryGetValue(slice, out var id))
            return id;
        _insert.Bind(1, slice.IsCoarse ? 1L : 0L);
        _find.From(slice.IsCoarse ? 1 : 0);
        foreach (var (i, value) in slice.Values.Index())
        {
            _insert.Bind(i + 2, value);
            _find.Bind(i + 2, value);
        }
        _insert.Run();
        _find.Next();
        return Remember(_find.Number(0), slice).Id;
    }

    public CostSlice Of(long id)
    {
        if (_slices.TryGetValue(id, out var slice))
            return slice;
        _read.From(id).Next();
        slice = CostSlice.Of(_read.Number(0) == 1, i => _read.Text(i + 1));
        return Remember(id, slice).Slice;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _find.Dispose();
        _read.Dispose();
    }

    private (long Id, CostSlice Slice) Remember(long id, CostSlice slice)
    {
        if (_ids.Count >= MaxRemembered)
        {
            _ids.Clear();
            _slices.Clear();
        }
        return (_ids[slice] = id, _slices[id] = slice);
    }
}
