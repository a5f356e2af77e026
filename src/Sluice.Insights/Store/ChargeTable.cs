using Microsoft.Data.Sqlite;

namespace Sluice.Insights.Store;

/// <summary>
/// Puts charges into the store. Rows of one import that differ in their amounts alone add up; a row of a later import takes the place of
/// what an earlier one said, or is added to it where a source delivers each of its records once.
/// </summary>
internal sealed class ChargeTable : IDisposable
{
    private const int SecondsPerDay = 86_400;
    private const int FirstSum = 6;
    private const string Where = "WHERE from_s = ?1 AND facet = ?2 AND to_s = ?3";
    private static readonly string Places = string.Concat(CostSchema.SumColumns.Select((_, i) => $", ?{i + FirstSum}"));

    private readonly SqliteConnection _connection;
    private readonly long _firstPart;
    private readonly FacetTable _facets;
    private readonly CostRollups _rollups;
    private readonly SumStatement _insert;
    private readonly SumStatement _replace;
    private readonly SumStatement _add;
    private readonly Scan _earlier;
    private readonly Overlaps _overlaps;
    private readonly List<(long Id, long Slice)> _ids = [];
    private readonly Dictionary<long, bool> _isNewDay = [];
    private Position[] _order = [];
    private bool _wasRestated;

    /// <param name="rollups">Carries on the sums of days that had no charges before.</param>
    /// <param name="firstPart">From which on parts are of this import.</param>
    public ChargeTable(SqliteConnection connection, FacetTable facets, CostRollups rollups, long firstPart)
    {
        (_connection, _facets, _rollups, _firstPart) = (connection, facets, rollups, firstPart);
        _overlaps = new Overlaps(connection, firstPart);
        // Chunks of the same delivery that earlier imports brought are added to.
        var ofEarlier = $"part < {firstPart} AND part NOT IN (SELECT part FROM siblings)";
        _insert = Statement($"INSERT INTO charges VALUES (?1, ?2, ?3, ?4, ?5{Places}) ON CONFLICT DO NOTHING");
        _replace = Statement($"UPDATE charges SET part = ?4, line = ?5{string.Concat(CostSchema.SumColumns.Select((c, i) => $", {c} = ?{i + FirstSum}"))} {Where} AND {ofEarlier}");
        _add = Statement(
            $"UPDATE charges SET part = IIF({ofEarlier}, ?4, part), line = IIF({ofEarlier}, ?5, line){string.Concat(CostSchema.SumColumns.Select((c, i) => $", {c} = {c} + ?{i + FirstSum}"))} {Where}");
        _earlier = new Scan(connection, "SELECT 1 FROM charges WHERE from_s >= ?1 AND from_s < ?2 LIMIT 1");

        SumStatement Statement(string sql) => new(connection, sql, FirstSum - 1 + ChargeSums.Columns);
    }

    public long Added { get; private set; }

    public long Restated { get; private set; }

    /// <summary>Days that had charges before, whose sums no longer hold.</summary>
    public HashSet<long> ChangedDays { get; } = [];

    public long First { get; private set; } = long.MaxValue;

    public long Last { get; private set; } = long.MinValue;

    /// <summary>When the last of them ends, those that last longer than a day as if they lasted one.</summary>
    public long End { get; private set; } = long.MinValue;

    /// <summary>Where a row of a batch lies in the table. Rows themselves are too large to be moved about while they are sorted.</summary>
    private readonly record struct Position(long From, long Facet, long To, int Row) : IComparable<Position>
    {
        /// <summary>Rows of one charge stay in the order of their file.</summary>
        public int CompareTo(Position other) =>
            From != other.From ? From.CompareTo(other.From)
            : Facet != other.Facet ? Facet.CompareTo(other.Facet)
            : To != other.To ? To.CompareTo(other.To)
            : Row.CompareTo(other.Row);

        public bool IsSameCharge(in Position other) => From == other.From && Facet == other.Facet && To == other.To;
    }

    /// <summary>The day on which a moment lies, also before 1970.</summary>
    public static long DayOf(long seconds) => (seconds - (((seconds % SecondsPerDay) + SecondsPerDay) % SecondsPerDay)) / SecondsPerDay;

    /// <summary>Rows of a part will come.</summary>
    /// <param name="rank">Tells the deliveries of the import apart.</param>
    public void BeginPart(long part, int rank) => _overlaps.BeginPart(part, rank);

    /// <summary>Takes out charges that are told twice, over periods of several lengths or grouped in several ways.</summary>
    /// <returns>What to say of it.</returns>
    public IReadOnlyList<string> ResolveOverlaps(BillSource source)
    {
        var (notes, leftOut) = _overlaps.Resolve(ChangedDays);
        Added -= leftOut;
        if (source != BillSource.CostExplorer || First > Last)
            return notes;
        var (others, regrouped) = new Regroupings(_connection, _firstPart).Resolve(First, Last, ChangedDays);
        Added -= regrouped;
        return [.. notes, .. others];
    }

    public void Write(ChargeBatch batch)
    {
        if (batch.ForgetsFacets)
            _ids.Clear();
        foreach (var (identity, facet) in batch.NewFacets)
            _ids.Add(_facets.IdOf(identity, facet));
        var rows = batch.Rows;
        // In the order in which they lie, so that neighbours are written together and rows of one charge meet here.
        var order = Sort(rows);
        for (var i = 0; i < order.Length;)
        {
            ref readonly var at = ref order[i++];
            ref var row = ref rows[at.Row];
            while (i < order.Length && order[i].IsSameCharge(at))
                row.Sums.Add(rows[order[i++].Row].Sums);
            Write(row);
        }
        if (order.Length > 0)
            (First, Last) = (Math.Min(First, order[0].From), Math.Max(Last, order[^1].From));
        foreach (var charge in order)
            End = Math.Max(End, Math.Min(Math.Max(charge.To, charge.From + 1), charge.From + SecondsPerDay));
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
            DELETE FROM charges WHERE from_s >= $from AND from_s < $to AND part < $part
                AND facet IN (SELECT id FROM facets WHERE source = $source AND billing_account = $account AND billing_month = $month)
            RETURNING from_s
            """;
        delete.Parameters.AddWithValue("$from", from);
        delete.Parameters.AddWithValue("$to", to);
        delete.Parameters.AddWithValue("$part", _firstPart);
        delete.Parameters.AddWithValue("$source", bill.Source.Name());
        delete.Parameters.AddWithValue("$account", bill.Account);
        delete.Parameters.AddWithValue("$month", bill.Month);
        using var removed = delete.ExecuteReader();
        long count = 0;
        for (; removed.Read(); count++)
            ChangedDays.Add(DayOf(removed.GetInt64(0)));
        return count;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _replace.Dispose();
        _add.Dispose();
        _earlier.Dispose();
    }

    private ReadOnlySpan<Position> Sort(ReadOnlySpan<ChargeRow> rows)
    {
        if (_order.Length < rows.Length)
            _order = new Position[rows.Length];
        for (var i = 0; i < rows.Length; i++)
            _order[i] = new Position(rows[i].From, _ids[rows[i].Facet].Id, rows[i].To, i);
        var order = _order.AsSpan(0, rows.Length);
        order.Sort();
        return order;
    }

    private void Write(in ChargeRow row)
    {
        if (!row.IsRecord)
            _overlaps.Add(row, _ids[row.Facet].Id);
        var day = DayOf(row.From);
        if (IsNew(day))
            _rollups.Carry(day, row.From, _ids[row.Facet].Slice, row.Sums);
        // A bill mostly restates all of a month or nothing: what the last row was is tried first.
        if (_wasRestated && !row.AddsUp && TryReplace(row))
            return;
        _wasRestated = false;
        if (Run(_insert, row) > 0)
            Added++;
        else if (row.AddsUp || !TryReplace(row))
            Run(_add, row);
    }

    /// <summary>Whether the store had no charge of a day before this import.</summary>
    private bool IsNew(long day)
    {
        if (_isNewDay.TryGetValue(day, out var isNew))
            return isNew;
        isNew = true;
        // To its end, since a query that is left open slows down what is written to its table.
        for (_earlier.From(day * SecondsPerDay, (day + 1) * SecondsPerDay); _earlier.Next();)
            isNew = false;
        if (!isNew)
            ChangedDays.Add(day);
        return _isNewDay[day] = isNew;
    }

    private bool TryReplace(in ChargeRow row)
    {
        _wasRestated = Run(_replace, row) > 0;
        Restated += _wasRestated ? 1 : 0;
        return _wasRestated;
    }

    private int Run(SumStatement statement, in ChargeRow row)
    {
        statement.Bind(1, row.From).Bind(2, _ids[row.Facet].Id).Bind(3, row.To).Bind(4, row.Part).Bind(5, row.Line);
        row.Sums.Bind(statement, FirstSum);
        return statement.Run();
    }
}
