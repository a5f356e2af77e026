using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Sluice.Ledger.Sqlite;

namespace Sluice.Insights.Store;

/// <summary>
/// The sums of days, hours and months. Of a day that had no charges before an import they are carried on from row to row while it is
/// written. Of others they are made anew from the charges at its end, since carried on they would have to take back what a restated row said.
/// </summary>
internal sealed class CostRollups : IDisposable
{
    private const long SecondsPerHour = 3_600;
    private const int HoursPerDay = 24;
    private const int MaxRemembered = 200_000;

    /// <summary>How many sums are carried before they are written, whatever the order of a bill's rows; some 8 MB.</summary>
    private const int MaxCarried = 50_000;

    private static readonly string[] Tables = ["months", "days", "hours"];

    private static readonly string Sums = string.Join(", ", CostSchema.SumColumns);

    private readonly SqliteConnection _connection;
    private readonly SliceTable _slices;
    private readonly FacetTable _facets;
    private readonly Scan _charges;
    private readonly Statement _shadow, _month;
    private readonly SumStatement _day, _hour;
    private readonly Dictionary<long, long> _sliceOfFacet = [];
    private readonly Dictionary<long, int> _stripeOfSlice = [];
    private readonly Dictionary<Stripe, int> _numbers = [];
    private readonly List<Stripe> _stripes = [];
    private readonly Dictionary<(long Day, long Slice), ChargeSums> _byDay = new(MaxCarried);
    private readonly Dictionary<(long Hour, int Stripe), ChargeSums> _byHour = [];
    private readonly HashSet<(long Day, int Stripe)> _carried = [];

    public CostRollups(SqliteConnection connection, SliceTable slices, FacetTable facets)
    {
        (_connection, _slices, _facets) = (connection, slices, facets);
        _charges = new Scan(connection, $"SELECT from_s, facet, {Sums} FROM charges WHERE from_s >= ?1 AND from_s < ?2 ORDER BY from_s, facet");
        _shadow = new Statement(connection, "INSERT INTO shadows VALUES (?1, ?2, ?3, ?4)");
        _month = new Statement(
            connection,
            $"INSERT INTO months SELECT ?1, slice, shadowed, {string.Join(", ", CostSchema.SumColumns.Select(c => $"SUM({c})"))} FROM days WHERE at >= ?2 AND at < ?3 GROUP BY slice, shadowed");
        (_day, _hour) = (Adding("days"), Adding("hours"));
    }

    /// <summary>What the hourly sums and the precedence of sources tell slices apart by.</summary>
    private readonly record struct Stripe(long Coarse, BillOrigin Origin);

    /// <summary>Adds a row to the sums of a day that had no charges before the import.</summary>
    /// <exception cref="OverflowException">A sum is beyond nine quadrillion.</exception>
    public void Carry(long day, long seconds, long slice, in ChargeSums sums)
    {
        if (_byDay.Count >= MaxCarried)
            WriteCarried();
        Add(day, seconds, slice, sums);
    }

    /// <summary>Makes all sums those of the charges.</summary>
    /// <param name="changed">Days that had charges before the import.</param>
    /// <param name="all">Whether what was carried, and the sums of days that the import didn't touch, don't hold either.</param>
    public void Finish(IReadOnlyCollection<long> changed, bool all)
    {
        WriteCarried();
        foreach (var table in all ? Tables : [])
            Clear(table, long.MinValue, long.MaxValue);
        var months = _carried.Select(c => MonthOf(c.Day)).ToHashSet();
        foreach (var (from, to) in all ? [EveryDay()] : Runs(changed.Concat(ShadowedCarried())))
        {
            Clear("days", from, to);
            Clear("hours", from * HoursPerDay, to * HoursPerDay);
            Clear("shadows", from, to, "day");
            SumDays(from, to);
            months.UnionWith(MonthsOf(from, to));
        }
        foreach (var month in months)
        {
            Clear("months", month, month + 1);
            _month.Bind(1, month).Bind(2, FirstDay(month)).Bind(3, FirstDay(month + 1)).Run();
        }
    }

    public void Dispose()
    {
        _charges.Dispose();
        _shadow.Dispose();
        _month.Dispose();
        _day.Dispose();
        _hour.Dispose();
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

    /// <summary>Days of which one import brought charges from sources that tell the same: while it was written nobody knew.</summary>
    private IEnumerable<long> ShadowedCarried() => _carried
        .GroupBy(c => c.Day, c => c.Stripe)
        .Where(g => Shadowed(g).Count > 0)
        .Select(g => g.Key);

    private HashSet<BillOrigin> Shadowed(IEnumerable<int> stripes)
    {
        var origins = stripes.Select(s => _stripes[s].Origin).ToHashSet();
        return [.. origins.Where(o => origins.Any(by => SourcePrecedence.IsShadowed(o, by)))];
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
            Add(day, seconds, SliceOf(_charges.Number(1)), ChargeSums.Read(_charges, 2));
        }
        WriteDay(current);
    }

    private void WriteDay(long day)
    {
        var shadowed = Shadowed(_byHour.Keys.Select(k => k.Stripe));
        foreach (var origin in shadowed)
            _shadow.Bind(1, day).Bind(2, origin.Provider).Bind(3, origin.Account).Bind(4, origin.Source).Run();
        Write(shadowed);
    }

    private void Add(long day, long seconds, long slice, in ChargeSums sums)
    {
        CollectionsMarshal.GetValueRefOrAddDefault(_byDay, (day, slice), out _).Add(sums);
        var hour = (day * HoursPerDay) + ((seconds - (day * HoursPerDay * SecondsPerHour)) / SecondsPerHour);
        CollectionsMarshal.GetValueRefOrAddDefault(_byHour, (hour, StripeOf(slice)), out _).Add(sums);
    }

    private long SliceOf(long facet)
    {
        if (_sliceOfFacet.TryGetValue(facet, out var slice))
            return slice;
        if (_sliceOfFacet.Count >= MaxRemembered)
            _sliceOfFacet.Clear();
        return _sliceOfFacet[facet] = _facets.SliceOf(facet);
    }

    private int StripeOf(long id)
    {
        if (_stripeOfSlice.TryGetValue(id, out var number))
            return number;
        var slice = _slices.Of(id);
        var stripe = new Stripe(_slices.IdOf(slice.Coarse()), new BillOrigin(slice.Provider, slice.Account, slice.Source));
        if (!_numbers.TryGetValue(stripe, out number))
        {
            _numbers[stripe] = number = _stripes.Count;
            _stripes.Add(stripe);
        }
        return _stripeOfSlice[id] = number;
    }

    private void WriteCarried()
    {
        foreach (var (hour, stripe) in _byHour.Keys)
            _carried.Add((ChargeTable.DayOf(hour * SecondsPerHour), stripe));
        Write([]);
    }

    /// <summary>Adds what is held to what the tables have.</summary>
    private void Write(HashSet<BillOrigin> shadowed)
    {
        foreach (var key in _byDay.Keys.Order())
            Write(_day, key.Day, key.Slice, shadowed.Contains(_stripes[_stripeOfSlice[key.Slice]].Origin), CollectionsMarshal.GetValueRefOrNullRef(_byDay, key));
        foreach (var ((hour, number), sums) in _byHour)
            Write(_hour, hour, _stripes[number].Coarse, shadowed.Contains(_stripes[number].Origin), sums);
        _byDay.Clear();
        _byHour.Clear();
    }

    private static void Write(SumStatement statement, long at, long slice, bool isShadowed, in ChargeSums sums)
    {
        statement.Bind(1, at).Bind(2, slice).Bind(3, isShadowed ? 1 : 0);
        sums.Bind(statement, 4);
        statement.Run();
    }

    private SumStatement Adding(string table)
    {
        var places = string.Concat(CostSchema.SumColumns.Select((_, i) => $", ?{i + 4}"));
        var more = string.Join(", ", CostSchema.SumColumns.Select(c => $"{c} = {c} + excluded.{c}"));
        return new SumStatement(_connection, $"INSERT INTO {table} VALUES (?1, ?2, ?3{places}) ON CONFLICT DO UPDATE SET {more}", 3 + ChargeSums.Columns);
    }

    private void Clear(string table, long from, long to, string column = "at")
    {
        using var delete = new Statement(_connection, $"DELETE FROM {table} WHERE {column} >= ?1 AND {column} < ?2");
        delete.Bind(1, from).Bind(2, to).Run();
    }
}
