using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Sluice.Ledger.Sqlite;

namespace Sluice.Insights.Store;

/// <summary>
/// Makes the sums of days, hours and months anew from the charges: once for each import, of the days that it touched. Sums that were carried
/// on from row to row would have to take back what a restated row said.
/// </summary>
internal sealed class CostRollups : IDisposable
{
    private const long SecondsPerHour = 3_600;
    private const int HoursPerDay = 24;
    private const int MaxRemembered = 200_000;

    private static readonly string[] Tables = ["months", "days", "hours"];

    private readonly SqliteConnection _connection;
    private readonly SliceTable _slices;
    private readonly FacetTable _facets;
    private readonly Scan _charges;
    private readonly Scan _days;
    private readonly Statement _shadow;
    private readonly Dictionary<string, Statement> _inserts;
    private readonly Dictionary<long, (long Slice, int Stripe)> _ofFacet = [];
    private readonly Dictionary<long, int> _stripeOfSlice = [];
    private readonly Dictionary<Stripe, int> _numbers = [];
    private readonly List<Stripe> _stripes = [];
    private readonly Dictionary<long, ChargeSums> _bySlice = [];
    private readonly Dictionary<(long Hour, int Stripe), ChargeSums> _byHour = [];

    public CostRollups(SqliteConnection connection, SliceTable slices, FacetTable facets)
    {
        (_connection, _slices, _facets) = (connection, slices, facets);
        var sums = string.Join(", ", CostSchema.SumColumns);
        _charges = new Scan(connection, $"SELECT from_s, facet, {sums} FROM charges WHERE from_s >= ?1 AND from_s < ?2 ORDER BY from_s, facet");
        _days = new Scan(connection, $"SELECT slice, shadowed, {sums} FROM days WHERE at >= ?1 AND at < ?2 ORDER BY at, slice");
        _shadow = new Statement(connection, "INSERT INTO shadows VALUES (?1, ?2, ?3, ?4)");
        var places = string.Concat(CostSchema.SumColumns.Select((_, i) => $", ?{i + 4}"));
        _inserts = Tables.ToDictionary(t => t, t => new Statement(connection, $"INSERT INTO {t} VALUES (?1, ?2, ?3{places})"), StringComparer.Ordinal);
    }

    /// <summary>What the hourly sums and the precedence of sources tell slices apart by.</summary>
    private readonly record struct Stripe(long Coarse, BillOrigin Origin);

    /// <param name="days">Those whose charges changed; null for all there are.</param>
    public void Rebuild(IReadOnlyCollection<long>? days)
    {
        var months = new SortedSet<long>();
        foreach (var (from, to) in days is null ? [EveryDay()] : Runs(days))
        {
            Clear("days", from, to);
            Clear("hours", from * HoursPerDay, to * HoursPerDay);
            Clear("shadows", from, to, "day");
            SumDays(from, to);
            months.UnionWith(MonthsOf(from, to));
        }
        if (days is null)
            Clear("months", long.MinValue, long.MaxValue);
        foreach (var month in months)
            SumMonth(month);
    }

    public void Dispose()
    {
        _charges.Dispose();
        _days.Dispose();
        _shadow.Dispose();
        foreach (var insert in _inserts.Values)
            insert.Dispose();
    }

    /// <summary>Months since year 0, of a day since 1970.</summary>
    public static long MonthOf(long day)
    {
        var date = DateTime.UnixEpoch.AddDays(day);
        return (date.Year * 12) + date.Month - 1;
    }

    /// <summary>The first day of a month, since 1970.</summary>
    public static long FirstDay(long month) => (new DateTime((int)(month / 12), (int)(month % 12) + 1, 1, 0, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).Days;

    private static IEnumerable<long> MonthsOf(long from, long to)
    {
        for (var month = MonthOf(from); month <= MonthOf(to - 1); month++)
            yield return month;
    }

    /// <summary>Neighbouring days as one stretch.</summary>
    private static IEnumerable<(long From, long To)> Runs(IEnumerable<long> days)
    {
        (long From, long To)? run = null;
        foreach (var day in days.Order())
        {
            if (run is { } open && open.To != day)
                yield return open;
            run = run is { } held && held.To == day ? (held.From, day + 1) : (day, day + 1);
        }
        if (run is { } last)
            yield return last;
    }

    private (long From, long To) EveryDay()
    {
        using var ends = new Scan(_connection, "SELECT MIN(from_s), MAX(from_s) FROM charges");
        ends.Next();
        return (ChargeTable.DayOf(ends.Number(0)), ChargeTable.DayOf(ends.Number(1)) + 1);
    }

    private void SumDays(long from, long to)
    {
        var current = long.MinValue;
        _charges.From(from * HoursPerDay * SecondsPerHour, to * HoursPerDay * SecondsPerHour);
        while (_charges.Next())
        {
            var seconds = _charges.Number(0);
            var day = ChargeTable.DayOf(seconds);
            if (day != current)
            {
                WriteDay(current);
                current = day;
            }
            var (slice, stripe) = Of(_charges.Number(1));
            var sums = ChargeSums.Read(_charges, 2);
            CollectionsMarshal.GetValueRefOrAddDefault(_bySlice, slice, out _).Add(sums);
            CollectionsMarshal.GetValueRefOrAddDefault(_byHour, ((day * HoursPerDay) + ((seconds - (day * HoursPerDay * SecondsPerHour)) / SecondsPerHour), stripe), out _).Add(sums);
        }
        WriteDay(current);
    }

    private (long Slice, int Stripe) Of(long facet)
    {
        if (_ofFacet.TryGetValue(facet, out var known))
            return known;
        if (_ofFacet.Count >= MaxRemembered)
            _ofFacet.Clear();
        var id = _facets.SliceOf(facet);
        var slice = _slices.Of(id);
        var stripe = new Stripe(_slices.IdOf(slice.Coarse()), new BillOrigin(slice.Provider, slice.Account, slice.Source));
        if (!_numbers.TryGetValue(stripe, out var number))
        {
            _numbers[stripe] = number = _stripes.Count;
            _stripes.Add(stripe);
        }
        _stripeOfSlice[id] = number;
        return _ofFacet[facet] = (id, number);
    }

    private void WriteDay(long day)
    {
        if (_bySlice.Count == 0)
            return;
        var origins = _byHour.Keys.Select(k => _stripes[k.Stripe].Origin).ToHashSet();
        var shadowed = origins.Where(o => origins.Any(by => SourcePrecedence.IsShadowed(o, by))).ToHashSet();
        foreach (var origin in shadowed)
            _shadow.Bind(1, day).Bind(2, origin.Provider).Bind(3, origin.Account).Bind(4, origin.Source).Run();
        foreach (var (slice, sums) in _bySlice.OrderBy(s => s.Key))
            Insert("days", day, slice, shadowed.Contains(_stripes[_stripeOfSlice[slice]].Origin), sums);
        var hours = new SortedDictionary<(long Hour, long Coarse, bool Shadowed), ChargeSums>();
        foreach (var ((hour, number), sums) in _byHour)
        {
            var stripe = _stripes[number];
            var key = (hour, stripe.Coarse, shadowed.Contains(stripe.Origin));
            var held = hours.GetValueOrDefault(key);
            held.Add(sums);
            hours[key] = held;
        }
        foreach (var ((hour, coarse, isShadowed), sums) in hours)
            Insert("hours", hour, coarse, isShadowed, sums);
        _bySlice.Clear();
        _byHour.Clear();
    }

    private void SumMonth(long month)
    {
        Clear("months", month, month + 1);
        var sums = new SortedDictionary<(long Slice, long Shadowed), ChargeSums>();
        _days.From(FirstDay(month), FirstDay(month + 1));
        while (_days.Next())
        {
            var key = (_days.Number(0), _days.Number(1));
            var held = sums.GetValueOrDefault(key);
            held.Add(ChargeSums.Read(_days, 2));
            sums[key] = held;
        }
        foreach (var ((slice, isShadowed), sum) in sums)
            Insert("months", month, slice, isShadowed == 1, sum);
    }

    private void Insert(string table, long at, long slice, bool isShadowed, in ChargeSums sums)
    {
        var insert = _inserts[table].Bind(1, at).Bind(2, slice).Bind(3, isShadowed ? 1L : 0L);
        sums.Bind(insert, 4);
        insert.Run();
    }

    private void Clear(string table, long from, long to, string column = "at")
    {
        using var delete = new Statement(_connection, $"DELETE FROM {table} WHERE {column} >= ?1 AND {column} < ?2");
        delete.Bind(1, from).Bind(2, to).Run();
    }
}
