using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using Sluice.Core.Metering;
using Sluice.Insights.Imports;
using Sluice.Ledger.Sqlite;

namespace Sluice.Insights.Store;

/// <summary>Writes the charges of one import within one transaction. What is not committed is gone when this is disposed of.</summary>
internal sealed class CostWriter : IDisposable
{
    private const int MaxRemembered = 50_000;
    private const int MaxKeptAside = 10_000;
    private const long SecondsPerDay = 86_400;

    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _transaction;
    private readonly ChargeTable _charges, _counts;
    private readonly Statement _setAside, _firstSeen, _seenAgain;
    private readonly Dictionary<UInt128, (long Id, CostFacet Facet)> _facets = [];
    private readonly Dictionary<CostFacet, long> _groups = [];
    private readonly Dictionary<long, long> _groupOfFacet = [];
    private readonly HashSet<Bill> _bills = [];
    private readonly bool _replaces;
    private readonly long _import;
    private long _keptAside;

    public CostWriter(SqliteConnection connection, string file, bool replaces, TimeProvider time)
    {
        _connection = connection;
        _replaces = replaces;
        _transaction = connection.BeginTransaction(deferred: false);
        _import = (long)Ask("INSERT INTO imports (file, imported_us) VALUES ($file, $at) RETURNING id", ("$file", file), ("$at", (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond))!;
        Ask("CREATE TEMP TABLE IF NOT EXISTS touched (id INTEGER PRIMARY KEY)");
        Ask("DELETE FROM temp.touched");
        _charges = new ChargeTable(connection, _import, CostSchema.Charges, CostSchema.Days);
        _counts = new ChargeTable(connection, _import, CostSchema.Counts, CostSchema.CountDays);
        _setAside = new Statement(connection, "INSERT INTO set_aside VALUES (?1, ?2, ?3, ?4)");
        _firstSeen = new Statement(connection, "INSERT INTO records VALUES (?1, ?2) ON CONFLICT DO NOTHING");
        _seenAgain = new Statement(connection, "UPDATE records SET import = ?2 WHERE id = ?1 AND import <> ?2");
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
        var id = Insert(identity, facet);
        Ask("INSERT OR IGNORE INTO temp.touched VALUES ($id)", ("$id", id));
        _bills.Add(new Bill(facet.Source, facet.BillingAccount, facet.BillingMonth));
        return _facets[identity] = (id, facet);
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

    /// <summary>Whether the store doesn't have a record yet; from then on it has.</summary>
    public bool IsNew(in RecordKey key)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(id, key.Id);
        return _firstSeen.Bind(1, id).Bind(2, _import).Run() > 0
            // What an import that is the whole of its periods has again, it has in place of the earlier.
            || (_replaces && _seenAgain.Bind(1, id).Bind(2, _import).Run() > 0)
            || (key.MayRepeat && Ask("SELECT 1 FROM records WHERE id = $id AND import = $import", ("$id", id.ToArray()), ("$import", _import)) is not null);
    }

    /// <param name="addsUp">Whether the row is added to what earlier imports said, rather than taking its place.</param>
    /// <exception cref="OverflowException">An amount is too large.</exception>
    public void Add(long id, CostFacet facet, in CostAmounts amounts, bool addsUp) =>
        (facet.Source.IsCount() ? _counts : _charges).Put(id, facet.UnitFactor, amounts, addsUp && !_replaces);

    public void SetAside(string place, long line, string reason)
    {
        if (_keptAside++ < MaxKeptAside)
            _setAside.Bind(1, _import).Bind(2, place).Bind(3, line).Bind(4, reason).Run();
    }

    /// <param name="span">What an import that replaces is the whole of, for sources without bills of a month; null for the days it has charges of.</param>
    public CommittedImport Commit(BillSource source, long rows, long setAside, (DateTimeOffset From, DateTimeOffset To)? span = null)
    {
        Ask("UPDATE imports SET source = $source, rows = $rows, set_aside = $aside WHERE id = $id", ("$source", source.Name()), ("$rows", rows), ("$aside", setAside), ("$id", _import));
        long removed = 0;
        foreach (var table in (ChargeTable[])[_charges, _counts])
        {
            if (_replaces)
                removed += RemoveEarlier(table, span);
            if (table.Span.First <= table.Span.Last)
                Ask(CostSchema.RollUp(table.Name, table.Days), ("$from", DayStart(table.Span.First)), ("$to", DayStart(table.Span.Last) + SecondsPerDay));
        }
        _transaction.Commit();
        return new CommittedImport(_charges.Added + _counts.Added, _charges.Restated + _counts.Restated, removed);
    }

    public void Dispose()
    {
        _charges.Dispose();
        _counts.Dispose();
        _setAside.Dispose();
        _firstSeen.Dispose();
        _seenAgain.Dispose();
        _transaction.Dispose();
    }

    /// <summary>Takes out what earlier imports said of the bills that this one is the whole of, and their days, which are then summed anew.</summary>
    private long RemoveEarlier(ChargeTable table, (DateTimeOffset From, DateTimeOffset To)? span)
    {
        const string OfBill = "facet IN (SELECT id FROM facets WHERE source = $source AND billing_account = $account AND billing_month = $month)";
        long removed = 0;
        foreach (var bill in _bills.Where(b => b.Source.IsCount() == (table == _counts)))
        {
            // A bill of a month goes whole, wherever its charges lie; of others, the days in question.
            var (from, to) = bill.Month.Length > 0 ? (DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds())
                : span is { } said ? (DayStart(said.From.ToUnixTimeSeconds()), DayStart(said.To.ToUnixTimeSeconds() - 1) + SecondsPerDay)
                : (DayStart(table.Span.First), DayStart(table.Span.Last) + SecondsPerDay);
            (string, object)[] parameters = [("$source", bill.Source.Name()), ("$account", bill.Account), ("$month", bill.Month), ("$import", _import), ("$from", from), ("$to", to)];
            Ask($"INSERT OR IGNORE INTO temp.touched SELECT id FROM facets WHERE source = $source AND billing_account = $account AND billing_month = $month", parameters);
            removed += (long)Ask($"SELECT COUNT(*) FROM {table.Name} WHERE import <> $import AND {OfBill} AND from_s >= $from AND from_s < $to", parameters)!;
            Ask($"DELETE FROM {table.Name} WHERE import <> $import AND {OfBill} AND from_s >= $from AND from_s < $to", parameters);
            Ask($"DELETE FROM {table.Days} WHERE {OfBill} AND day >= $from / {SecondsPerDay} AND day < $to / {SecondsPerDay}", parameters);
        }
        return removed;
    }

    private static long DayStart(long seconds) => (long)Math.Floor(seconds / (decimal)SecondsPerDay) * SecondsPerDay;

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
            ("billing_account", facet.BillingAccount), ("billing_month", facet.BillingMonth),
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

    /// <summary>What a delivery can be the whole of.</summary>
    private readonly record struct Bill(BillSource Source, string Account, string Month);
}

/// <summary>What became of the charges of one import.</summary>
/// <param name="Added">New ones.</param>
/// <param name="Restated">Those that took the place of what an earlier import said.</param>
/// <param name="Removed">Those of earlier imports that a delivery of the whole period has no more.</param>
internal readonly record struct CommittedImport(long Added, long Restated, long Removed);
