using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using Sluice.Core.Metering;
using Sluice.Insights.Imports;
using Sluice.Ledger.Sqlite;

namespace Sluice.Insights.Store;

/// <summary>Writes the charges of one file within one transaction. What is not committed is gone when this is disposed of.</summary>
internal sealed class CostWriter : IDisposable
{
    private const int MaxRemembered = 50_000;
    private const int MaxKeptAside = 10_000;

    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _transaction;
    private readonly Statement _upsert;
    private readonly Statement _setAside;
    private readonly Dictionary<UInt128, (long Id, CostFacet Facet)> _facets = [];
    private readonly Dictionary<CostFacet, long> _groups = [];
    private readonly Dictionary<long, long> _groupOfFacet = [];
    private readonly long _import;
    private readonly long _chargesBefore;
    private long _from = long.MaxValue;
    private long _to = long.MinValue;
    private long _keptAside;

    public CostWriter(SqliteConnection connection, string file, TimeProvider time)
    {
        _connection = connection;
        _transaction = connection.BeginTransaction(deferred: false);
        _import = (long)Ask("INSERT INTO imports (file, imported_us) VALUES ($file, $at) RETURNING id", ("$file", file), ("$at", (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond))!;
        _chargesBefore = (long)Ask("SELECT COUNT(*) FROM charges")!;
        _upsert = new Statement(connection, CostSchema.Upsert);
        _setAside = new Statement(connection, "INSERT INTO set_aside VALUES (?1, ?2, ?3, ?4)");
    }

    /// <summary>The facet of the format's current row; what was met lately is not described again.</summary>
    public (long Id, CostFacet Facet) FacetOf(IBillFormat format)
    {
        var identity = format.Identity();
        if (_facets.TryGetValue(identity, out var known))
            return known;
        if (_facets.Count >= MaxRemembered)
            _facets.Clear();
        var facet = format.Describe();
        return _facets[identity] = (Insert(identity, facet), facet);
    }

    /// <summary>A number that all facets share which a summary of the import doesn't tell apart.</summary>
    public long GroupOf(long id, CostFacet facet)
    {
        if (_groupOfFacet.TryGetValue(id, out var group))
            return group;
        if (_groupOfFacet.Count >= MaxRemembered)
            _groupOfFacet.Clear();
        var summary = new CostFacet
        {
            Source = facet.Source,
            Service = facet.Service,
            Currency = facet.Currency,
            IsGenerativeAi = facet.IsGenerativeAi,
            UsageType = facet.Unknown.Length > 0 ? facet.UsageType : "",
            Unknown = facet.Unknown,
        };
        if (!_groups.TryGetValue(summary, out group))
            _groups[summary] = group = _groups.Count;
        return _groupOfFacet[id] = group;
    }

    /// <exception cref="OverflowException">An amount is too large.</exception>
    public void Add(long facet, decimal unitFactor, in CostAmounts amounts)
    {
        var (from, to) = (amounts.From.ToUnixTimeSeconds(), amounts.To.ToUnixTimeSeconds());
        _upsert.Bind(1, facet).Bind(2, from).Bind(3, to).Bind(4, _import).Bind(5, amounts.Billed is null ? 1L : 0L);
        Bind(6, amounts.Quantity * unitFactor);
        Bind(8, amounts.Billed);
        Bind(10, amounts.Effective);
        Bind(12, amounts.Contracted);
        Bind(14, amounts.List);
        _upsert.Run();
        (_from, _to) = (Math.Min(_from, from), Math.Max(_to, from));
    }

    public void SetAside(string place, long line, string reason)
    {
        if (_keptAside++ < MaxKeptAside)
            _setAside.Bind(1, _import).Bind(2, place).Bind(3, line).Bind(4, reason).Run();
    }

    /// <returns>How many charges are new, and how many took the place of an earlier file's.</returns>
    public (long Added, long Restated) Commit(BillSource source, long rows, long setAside)
    {
        Ask("UPDATE imports SET source = $source, rows = $rows, set_aside = $aside WHERE id = $id", ("$source", source.Name()), ("$rows", rows), ("$aside", setAside), ("$id", _import));
        if (_from <= _to)
            Ask(CostSchema.RollUp, ("$from", DayStart(_from)), ("$to", DayStart(_to) + 86_400));
        var added = (long)Ask("SELECT COUNT(*) FROM charges")! - _chargesBefore;
        var written = (long)Ask("SELECT COUNT(*) FROM charges WHERE import = $id", ("$id", _import))!;
        _transaction.Commit();
        return (added, written - added);
    }

    public void Dispose()
    {
        _upsert.Dispose();
        _setAside.Dispose();
        _transaction.Dispose();
    }

    private void Bind(int parameter, decimal? amount)
    {
        var (milli, rest) = Exact.Split(amount);
        _upsert.Bind(parameter, milli).Bind(parameter + 1, rest);
    }

    private static long DayStart(long seconds) => (long)Math.Floor(seconds / 86_400m) * 86_400;

    private long Insert(UInt128 identity, CostFacet facet)
    {
        var key = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(key, identity);
        (string Name, object Value)[] values =
        [
            ("source", facet.Source.Name()), ("provider", facet.Provider), ("service", facet.Service), ("model", facet.Model), ("family", facet.Family),
            ("developer", facet.Developer), ("kind", facet.Kind?.Name() ?? ""), ("tier", facet.Tier), ("scope", facet.Scope), ("batch", facet.IsBatch),
            ("latency_optimized", facet.IsLatencyOptimized), ("long_context", facet.IsLongContext), ("account", facet.Account), ("project", facet.Project),
            ("region", facet.Region), ("principal", facet.Principal), ("tags", facet.Tags), ("usage_type", facet.UsageType),
            ("charge_category", facet.ChargeCategory), ("unit", facet.Unit), ("currency", facet.Currency), ("generative", facet.IsGenerativeAi), ("unknown", facet.Unknown),
        ];
        var names = values.Select(v => v.Name).ToList();
        return (long)Ask(
            $"INSERT INTO facets (identity, {string.Join(", ", names)}) VALUES ($identity, {string.Join(", ", names.Select(n => "$" + n))}) "
            + $"ON CONFLICT (identity) DO UPDATE SET {string.Join(", ", names.Select(n => $"{n} = excluded.{n}"))} RETURNING id",
            [("$identity", key), .. values.Select(v => ("$" + v.Name, v.Value))])!;
    }

    private object? Ask(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = _connection.CreateCommand();
        command.Transaction = _transaction;
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command.ExecuteScalar();
    }
}
