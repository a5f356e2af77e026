using System.Buffers.Binary;
using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Sluice.Insights.Store.Deliveries;
using Sluice.Ledger.Sqlite;

namespace Sluice.Insights.Store;

/// <summary>
/// Writes the charges of one import within one transaction. What is not committed is gone when this is disposed of. Charges are written by
/// a thread of their own, so that a bill is read on while they are.
/// </summary>
internal sealed class CostWriter : IDisposable
{
    private const int MaxRemembered = 50_000;
    private const int MaxKeptAside = 10_000;

    /// <summary>One that is filled, one that waits and one that is written.</summary>
    private const int Batches = 3;

    private const long SecondsPerDay = 86_400;

    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _transaction;
    private readonly SliceTable _slices;
    private readonly FacetTable _facetTable;
    private readonly CostRollups _rollups;
    private readonly ChargeTable _charges;
    private readonly Statement _firstSeen, _seenAgain;

    /// <summary>Held by whichever thread uses the connection.</summary>
    private readonly Lock _gate = new();

    private readonly BlockingCollection<ChargeBatch> _full = new(Batches);
    private readonly BlockingCollection<ChargeBatch> _free = new(Batches);
    private readonly Task _writing;
    private readonly Dictionary<UInt128, (long Id, CostFacet Facet)> _facets = [];
    private readonly Dictionary<CostFacet, long> _groups = [];
    private readonly Dictionary<long, long> _groupOfFacet = [];
    private readonly List<(string Place, long Line, string Reason)> _setAside = [];
    private readonly HashSet<Bill> _bills = [];
    private readonly bool _replaces;
    private readonly long _import;
    private readonly DeliveryTable _deliveries;
    private ChargeBatch _batch = new();

    public CostWriter(SqliteConnection connection, string file, bool replaces, DeliveryNotes notes, TimeProvider time)
    {
        (_connection, _replaces) = (connection, replaces);
        _transaction = connection.BeginTransaction(deferred: false);
        _import = (long)Ask("INSERT INTO imports (file, imported_us) VALUES ($file, $at) RETURNING id", ("$file", file), ("$at", (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond))!;
        _deliveries = new DeliveryTable(connection, _transaction, _import, replaces, notes);
        _slices = new SliceTable(connection);
        _facetTable = new FacetTable(connection, _slices);
        _rollups = new CostRollups(connection, _slices, _facetTable);
        _charges = new ChargeTable(connection, _facetTable, _rollups, (long)Ask("SELECT COALESCE(MAX(id), 0) + 1 FROM parts")!);
        _firstSeen = new Statement(connection, "INSERT INTO records VALUES (?1, ?2) ON CONFLICT DO NOTHING");
        _seenAgain = new Statement(connection, "UPDATE records SET import = ?2 WHERE id = ?1 AND import <> ?2");
        for (var i = 1; i < Batches; i++)
            _free.Add(new ChargeBatch());
        _writing = Task.Factory.StartNew(WriteBatches, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>What is added from here on comes from another file, or part of one.</summary>
    /// <param name="name">The file, and its place in it.</param>
    /// <param name="chunk">Where it is one of several that are one delivery, of a source that restates its charges.</param>
    /// <param name="first">What its first row is for; null where it has none.</param>
    public void BeginPart(string name, ChunkName? chunk = null, CostFacet? first = null)
    {
        lock (_gate)
        {
            _deliveries.Begin(name, first is null ? null : chunk, first is null ? default : BillOf(first));
            _charges.BeginPart(_deliveries.Part, _deliveries.Rank);
        }
    }

    /// <param name="content">A number for all that the part says.</param>
    /// <exception cref="ImportAgainException">Another part says the same.</exception>
    public void EndPart(string name, ChunkName? chunk, UInt128 content)
    {
        lock (_gate)
            _deliveries.End(name, chunk, content);
    }

    /// <summary>The facet of the format's current row, under a number for <see cref="Add"/> of the same row; what was met lately is not described again.</summary>
    public (long Id, CostFacet Facet) FacetOf(IBillFormat format)
    {
        var identity = format.Identity();
        if (_facets.TryGetValue(identity, out var known))
            return known;
        if (_facets.Count >= MaxRemembered)
        {
            HandOver();
            _facets.Clear();
            _groupOfFacet.Clear();
            _batch.ForgetsFacets = true;
        }
        var facet = format.Describe();
        _batch.NewFacets.Add((identity, facet));
        _bills.Add(BillOf(facet));
        return _facets[identity] = (_facets.Count, facet);
    }

    /// <summary>A number that all facets share which a summary of the import doesn't tell apart.</summary>
    public long GroupOf(long id, CostFacet facet)
    {
        if (_groupOfFacet.TryGetValue(id, out var group))
            return group;
        var summary = new CostFacet
        {
            Source = facet.Source,
            Service = facet.Service,
            Currency = facet.Currency,
            ChargeCategory = facet.ChargeCategory,
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
        lock (_gate)
        {
            return _firstSeen.Bind(1, id).Bind(2, _import).Run() > 0
                // What an import that is the whole of its periods has again, it has in place of the earlier.
                || (_replaces && _seenAgain.Bind(1, id).Bind(2, _import).Run() > 0)
                || (key.MayRepeat && Ask("SELECT 1 FROM records WHERE id = $id AND import = $import", ("$id", id.ToArray()), ("$import", _import)) is not null);
        }
    }

    /// <param name="id">The number of its facet.</param>
    /// <param name="facet">What it is for.</param>
    /// <param name="amounts">When and how much.</param>
    /// <param name="line">Where the row stands in its file.</param>
    /// <param name="addsUp">Whether the row is added to what earlier imports said, rather than taking its place.</param>
    /// <exception cref="OverflowException">An amount is too large.</exception>
    public void Add(long id, CostFacet facet, in CostAmounts amounts, long line, bool addsUp)
    {
        if (_batch.IsFull)
            HandOver();
        var unitFactor = facet.UnitFactor;
        var sums = new ChargeSums { Lines = 1 };
        sums.Set(AmountKind.Quantity, unitFactor == 1 ? amounts.Quantity : amounts.Quantity * unitFactor);
        sums.Set(AmountKind.Billed, amounts.Billed);
        sums.Set(AmountKind.Effective, amounts.Effective, orElse: amounts.Billed);
        sums.Set(AmountKind.Contracted, amounts.Contracted);
        sums.Set(AmountKind.List, amounts.List);
        ref var row = ref _batch.Add();
        row.Facet = (int)id;
        row.From = amounts.From.ToUnixTimeSeconds();
        row.To = amounts.To.ToUnixTimeSeconds();
        (row.Part, row.Line) = (_deliveries.Part, line);
        row.Sums = sums;
        row.AddsUp = addsUp && !_replaces;
        row.IsRecord = addsUp;
    }

    public void SetAside(string place, long line, string reason)
    {
        if (_setAside.Count < MaxKeptAside)
            _setAside.Add((place, line, reason));
    }

    /// <param name="source">What was imported.</param>
    /// <param name="rows">How many of its rows were taken.</param>
    /// <param name="setAside">How many were not.</param>
    /// <exception cref="ImportAgainException">It is another delivery than it seemed.</exception>
    /// <param name="span">What an import that replaces is the whole of, for sources without bills of a month; null for the days it has charges of.</param>
    public CommittedImport Commit(BillSource source, long rows, long setAside, (DateTimeOffset From, DateTimeOffset To)? span = null)
    {
        HandOver();
        _full.CompleteAdding();
        _writing.GetAwaiter().GetResult();
        _deliveries.Verify();
        foreach (var (place, line, reason) in _setAside)
            Ask("INSERT INTO set_aside VALUES ($import, $place, $line, $reason)", ("$import", _import), ("$place", place), ("$line", line), ("$reason", reason));
        Ask(
            "UPDATE imports SET source = $source, rows = $rows, set_aside = $aside, first_s = $first, last_s = $last WHERE id = $id",
            ("$source", source.Name()), ("$rows", rows), ("$aside", setAside), ("$id", _import),
            ("$first", rows > 0 ? _charges.First : DBNull.Value), ("$last", rows > 0 ? _charges.End : DBNull.Value));
        var removed = _replaces ? RemoveEarlier(span) : 0;
        var notes = _charges.ResolveOverlaps(source);
        Counted(() => _rollups.Finish(_charges.ChangedDays, _facetTable.HasMoved));
        _transaction.Commit();
        return new CommittedImport(_charges.Added, _charges.Restated, removed, notes);
    }

    public void Dispose()
    {
        _full.CompleteAdding();
        // A fault has been thrown where the batch was handed over, or nobody wants what was to be written.
        ((IAsyncResult)_writing).AsyncWaitHandle.WaitOne();
        _charges.Dispose();
        _rollups.Dispose();
        _firstSeen.Dispose();
        _seenAgain.Dispose();
        _facetTable.Dispose();
        _slices.Dispose();
        _transaction.Dispose();
        _full.Dispose();
        _free.Dispose();
    }

    /// <summary>Gives the batch to the writing thread, and takes an empty one.</summary>
    private void HandOver()
    {
        if (_writing.IsFaulted)
            _writing.GetAwaiter().GetResult();
        _full.Add(_batch);
        // After a fault the other side gives nothing back any more.
        if (!_free.TryTake(out var next, Timeout.Infinite))
            _writing.GetAwaiter().GetResult();
        _batch = next!;
    }

    private void WriteBatches()
    {
        try
        {
            foreach (var batch in _full.GetConsumingEnumerable())
            {
                lock (_gate)
                    Counted(() => _charges.Write(batch));
                batch.Clear();
                _free.Add(batch);
            }
        }
        finally
        {
            _free.CompleteAdding();
        }
    }

    private static Bill BillOf(CostFacet facet) => new(facet.Source, facet.BillingAccount, facet.BillingMonth);

    private long RemoveEarlier((DateTimeOffset From, DateTimeOffset To)? span)
    {
        long removed = 0;
        foreach (var bill in _bills)
        {
            // A bill of a month goes whole, wherever its charges lie; of others, the days in question.
            if (bill.Month.Length > 0)
            {
                removed += _charges.RemoveEarlier(bill, long.MinValue, long.MaxValue);
                continue;
            }
            var (first, last) = span is { } said ? (said.From.ToUnixTimeSeconds(), said.To.ToUnixTimeSeconds() - 1) : (_charges.First, _charges.Last);
            removed += _charges.RemoveEarlier(bill, ChargeTable.DayOf(first) * SecondsPerDay, (ChargeTable.DayOf(last) + 1) * SecondsPerDay);
        }
        return removed;
    }

    private static void Counted(Action write)
    {
        try
        {
            write();
        }
        catch (OverflowException e)
        {
            throw new ImportException("The amounts of a charge add up to more than nine quadrillion, which no bill comes to. Nothing of the file was imported.", e);
        }
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
