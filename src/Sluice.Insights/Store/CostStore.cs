using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Sluice.Core.Metering;
using Sluice.Insights.Store.Deliveries;
using Sluice.Ledger.Sqlite;
using SQLitePCL;

namespace Sluice.Insights.Store;

/// <summary>What bills say, in a SQLite file of the data directory.</summary>
public sealed class CostStore : IDisposable
{
    private const int CacheKilobytes = 64_000;
    private const int SecondsPerDay = 86_400;
    private const int SecondsPerHour = 3_600;

    private const int PatienceMilliseconds = 30_000;

    private readonly TimeProvider _time;
    private sqlite3? _reading;

    private CostStore(SqliteConnection connection, TimeProvider time) => (Connection, _time) = (connection, time);

    internal SqliteConnection Connection { get; }

    /// <summary>
    /// For questions about many rows: what is committed, without the locks by which threads can share a connection, as those take as long
    /// as the reading.
    /// </summary>
    internal sqlite3 Reading => _reading ??= OpenForReading(Connection.DataSource);

    /// <summary>Opens the store of a data directory, which is made where it is missing.</summary>
    /// <exception cref="CostStoreException">It can't be.</exception>
    public static CostStore Open(string dataDirectory, TimeProvider time)
    {
        var file = Path.Combine(dataDirectory, CostSchema.FileName);
        SqliteConnection? connection = null;
        try
        {
            Directory.CreateDirectory(dataDirectory);
            connection = Database.Connect(file, SqliteOpenMode.ReadWriteCreate);
            Prepare(connection, file);
            return new CostStore(connection, time);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException or CostStoreException)
        {
            connection?.Dispose();
            throw e as CostStoreException ?? new CostStoreException($"The cost store '{file}' can't be opened: {e.Message}", e);
        }
    }

    /// <summary>Whether a data directory has a store.</summary>
    public static bool Exists(string dataDirectory) => File.Exists(Path.Combine(dataDirectory, CostSchema.FileName));

    /// <summary>Begins the import of one file; nothing of it is there before it is committed.</summary>
    /// <param name="file">What the import is listed under.</param>
    /// <param name="replaces">Whether it is the whole of the periods that it has charges of; what earlier imports said of them goes.</param>
    /// <param name="notes">What reading it before has told; null for the first time.</param>
    internal CostWriter Begin(string file, bool replaces = false, DeliveryNotes? notes = null) => new(Connection, file, replaces, notes ?? new DeliveryNotes(), _time);

    /// <summary>
    /// What charges come to by day, one row for each facet and day, from the charges themselves. Days are those on which charges begin (UTC).
    /// </summary>
    /// <param name="from">First day.</param>
    /// <param name="to">First day no longer in it.</param>
    /// <param name="all">Also what is no generative AI.</param>
    /// <param name="counted">What providers count without money, in place of what they bill.</param>
    public IEnumerable<CostRow> Days(DateOnly from, DateOnly to, bool all = false, bool counted = false)
    {
        var facets = new Dictionary<long, CostFacet?>();
        var sums = new Dictionary<long, ChargeSums>();
        using var find = FacetReading.Command(Connection);
        using var charges = new Scan(Connection, $"SELECT from_s, facet, {string.Join(", ", CostSchema.SumColumns)} FROM charges WHERE from_s >= ?1 AND from_s < ?2 ORDER BY from_s");
        charges.From(DayNumber(from) * SecondsPerDay, DayNumber(to) * SecondsPerDay);
        var hasAmortised = HasAmortisedAzure();
        var current = 0L;
        while (charges.Next())
        {
            var day = ChargeTable.DayOf(charges.Number(0));
            if (day != current)
            {
                foreach (var row in Rows(current))
                    yield return row;
                current = day;
            }
            var id = charges.Number(1);
            if (!facets.TryGetValue(id, out var facet))
                facets[id] = facet = FacetReading.Find(find, id) is { } found && found.Source.IsCount() == counted && (all || found.IsGenerativeAi) ? found : null;
            if (facet is not null)
                CollectionsMarshal.GetValueRefOrAddDefault(sums, id, out _).Add(ChargeSums.Read(charges, 2));
        }
        foreach (var row in Rows(current))
            yield return row;

        IEnumerable<CostRow> Rows(long day)
        {
            var start = DateTimeOffset.UnixEpoch.AddDays(day);
            foreach (var (id, sum) in sums.OrderBy(s => s.Key))
            {
                var amounts = new CostAmounts(
                    start, start.AddDays(1), sum.Amount(AmountKind.Quantity), sum.Amount(AmountKind.Billed), sum.Amount(AmountKind.Effective), sum.Amount(AmountKind.Contracted), sum.Amount(AmountKind.List));
                var (billed, effective, list) = (sum.Missing(AmountKind.Billed), sum.Missing(AmountKind.Effective), sum.Missing(AmountKind.List));
                // Azure's amortized costs have the effective cost of what the actual ones bill.
                if (hasAmortised && facets[id]!.Source == BillSource.Azure)
                    (amounts, effective) = (amounts with { Effective = null }, sum.Lines);
                yield return new CostRow(facets[id]!, amounts, sum.Lines, Math.Min(billed, effective))
                {
                    Missing = (billed, effective, list),
                    BilledStandsIn = sum.Amounts[(int)AmountKind.Effective].Missing - effective,
                };
            }
            sums.Clear();
        }
    }

    /// <summary>From when to when the store has charges of generative AI that count something; null where it has none.</summary>
    public (DateTimeOffset From, DateTimeOffset Until)? Coverage()
    {
        var counts = string.Join(", ", BillSources.Names.Where(SourcePrecedence.CountsTokensOnly).Select(n => $"'{n}'"));
        var counting = $"slice IN (SELECT id FROM slices WHERE coarse = 0 AND generative = '1' AND kind <> '' AND source NOT IN ({counts}))";
        using var months = new Scan(Connection, $"SELECT COUNT(*), MIN(at), MAX(at) FROM months WHERE {counting}");
        if (!months.Next() || months.Number(0) == 0)
            return null;
        using var days = new Scan(Connection, $"SELECT MIN(at), MAX(at) FROM days WHERE at >= ?1 AND at < ?2 AND {counting}");
        days.From(CostRollups.FirstDay(months.Number(1)), CostRollups.FirstDay(months.Number(1) + 1)).Next();
        var first = days.Number(0);
        days.From(CostRollups.FirstDay(months.Number(2)), CostRollups.FirstDay(months.Number(2) + 1)).Next();
        var last = days.Number(1);
        using var ends = new Scan(Connection, $"SELECT MIN(from_s), MAX(to_s) FROM charges WHERE from_s >= ?1 AND from_s < ?2 AND facet IN (SELECT id FROM facets WHERE {counting})");
        ends.From(first * SecondsPerDay, (first + 1) * SecondsPerDay).Next();
        var from = ends.Number(0);
        ends.From(last * SecondsPerDay, (last + 1) * SecondsPerDay).Next();
        return (DateTimeOffset.FromUnixTimeSeconds(from), DateTimeOffset.FromUnixTimeSeconds(ends.Number(1)));
    }

    /// <summary>What each source's files reach over, from when its first charge begins to the hour in which its last one ends.</summary>
    public IReadOnlyList<SourceCoverage> Sources()
    {
        using var scan = new Scan(Connection, "SELECT source, MIN(first_s), MAX(last_s) FROM imports WHERE first_s IS NOT NULL GROUP BY source ORDER BY source");
        var sources = new List<SourceCoverage>();
        while (scan.Next())
            sources.Add(new SourceCoverage(scan.Text(0), DateTimeOffset.FromUnixTimeSeconds(scan.Number(1)), DateTimeOffset.FromUnixTimeSeconds((scan.Number(2) + SecondsPerHour - 1) / SecondsPerHour * SecondsPerHour)));
        return sources;
    }

    /// <summary>How many charges of tokens each source has that begin in a time and are for more than an hour.</summary>
    internal IReadOnlyList<(string Source, long Charges)> LongerThanAnHour(DateTimeOffset from, DateTimeOffset to)
    {
        using var scan = new Scan(
            Connection,
            $"SELECT f.source, COUNT(*) FROM charges c JOIN facets f ON f.id = c.facet WHERE c.from_s >= ?1 AND c.from_s < ?2 AND c.to_s - c.from_s > {SecondsPerHour} AND f.unit = 'tokens' GROUP BY f.source");
        scan.From(from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds());
        var found = new List<(string, long)>();
        while (scan.Next())
            found.Add((scan.Text(0), scan.Number(1)));
        return found;
    }

    public void Dispose()
    {
        _reading?.Dispose();
        Connection.Dispose();
    }

    private bool HasAmortisedAzure()
    {
        using var scan = new Scan(Connection, $"SELECT COUNT(*) FROM slices WHERE source = '{BillSource.AzureAmortized.Name()}'");
        return scan.Next() && scan.Number(0) > 0;
    }

    internal static long DayNumber(DateOnly day) => day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    private static sqlite3 OpenForReading(string file)
    {
        var result = raw.sqlite3_open_v2(file, out var database, raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_NOMUTEX, null);
        SqliteException.ThrowExceptionForRC(result, database);
        raw.sqlite3_busy_timeout(database, PatienceMilliseconds);
        return database;
    }

    private static void Prepare(SqliteConnection connection, string file)
    {
        using var ask = connection.CreateCommand();
        ask.CommandText = "SELECT user_version, (SELECT COUNT(*) FROM sqlite_schema) FROM pragma_user_version";
        bool isNew;
        using (var answer = ask.ExecuteReader())
        {
            answer.Read();
            isNew = answer.GetInt64(1) == 0;
            if (!isNew && answer.GetInt64(0) != CostSchema.Version)
                throw new CostStoreException($"The cost store '{file}' was made by another version of Sluice; delete it and import the bills again.");
        }
        connection.Run("PRAGMA journal_mode = WAL");
        connection.Run("PRAGMA synchronous = NORMAL");
        connection.Run($"PRAGMA cache_size = -{CacheKilobytes}");
        if (isNew)
            connection.Run(CostSchema.Create);
    }
}

/// <summary>What one source's files reach over.</summary>
/// <param name="Source">Its name.</param>
/// <param name="From">Inclusive.</param>
/// <param name="Until">Exclusive.</param>
public sealed record SourceCoverage(string Source, DateTimeOffset From, DateTimeOffset Until);

/// <summary>The cost store can't be used. The message names the file and the reason.</summary>
public sealed class CostStoreException(string message, Exception? innerException = null) : Exception(message, innerException);
