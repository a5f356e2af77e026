using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using Sluice.Core.Metering;
using Sluice.Ledger.Sqlite;

namespace Sluice.Insights.Store;

/// <summary>Gives every facet its number, and the numbers of its slice.</summary>
internal sealed class FacetTable : IDisposable
{
    private static readonly (string Column, Func<CostFacet, object> Value)[] Values =
    [
        ("source", f => f.Source.Name()), ("provider", f => f.Provider), ("service", f => f.Service), ("model", f => f.Model), ("family", f => f.Family),
        ("developer", f => f.Developer), ("kind", f => f.Kind?.Name() ?? ""), ("tier", f => f.Tier), ("scope", f => f.Scope), ("batch", f => f.IsBatch),
        ("latency_optimized", f => f.IsLatencyOptimized), ("long_context", f => f.IsLongContext), ("account", f => f.Account), ("project", f => f.Project),
        ("region", f => f.Region), ("principal", f => f.Principal), ("tags", f => f.Tags), ("usage_type", f => f.UsageType),
        ("charge_category", f => f.ChargeCategory), ("unit", f => f.Unit), ("currency", f => f.Currency), ("generative", f => f.IsGenerativeAi), ("unknown", f => f.Unknown),
        ("billing_account", f => f.BillingAccount), ("billing_month", f => f.BillingMonth),
    ];

    private readonly SliceTable _slices;
    private readonly Scan _find;
    private readonly Scan _slice;
    private readonly Statement _write;

    public FacetTable(SqliteConnection connection, SliceTable slices)
    {
        _slices = slices;
        _find = new Scan(connection, "SELECT id, slice FROM facets WHERE identity = ?1");
        _slice = new Scan(connection, "SELECT slice FROM facets WHERE id = ?1");
        _write = new Statement(connection,
            $"INSERT INTO facets (identity, slice, {string.Join(", ", Values.Select(v => v.Column))}) VALUES (?1, ?2{string.Concat(Values.Select((_, i) => $", ?{i + 3}"))}) "
            + $"ON CONFLICT (identity) DO UPDATE SET slice = excluded.slice, {string.Join(", ", Values.Select(v => $"{v.Column} = excluded.{v.Column}"))}");
    }

    /// <summary>Whether a facet has come under another slice than it had: Sluice reads it better than when its charges were summed.</summary>
    public bool HasMoved { get; private set; }

    public (long Id, long Slice) IdOf(UInt128 identity, CostFacet facet)
    {
        Span<byte> key = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(key, identity);
        var slice = _slices.IdOf(CostSlice.Of(facet));
        if (_find.Bind(1, key).Next() && _find.Number(1) != slice)
            HasMoved = true;
        _write.Bind(1, key).Bind(2, slice);
        foreach (var (i, (_, value)) in Values.Index())
        {
            if (value(facet) is string text)
                _write.Bind(i + 3, text);
            else
                _write.Bind(i + 3, value(facet) is true ? 1L : 0L);
        }
        _write.Run();
        _find.Bind(1, key).Next();
        return (_find.Number(0), slice);
    }

    public long SliceOf(long facet) => _slice.From(facet).Next() ? _slice.Number(0) : throw new CostStoreException($"The cost store has a charge for facet {facet}, which it doesn't have; delete it and import the bills again.");

    public void Dispose()
    {
        _find.Dispose();
        _slice.Dispose();
        _write.Dispose();
    }
}
