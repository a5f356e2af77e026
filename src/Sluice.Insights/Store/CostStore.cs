using Microsoft.Data.Sqlite;
using Sluice.Core.Metering;
using Sluice.Insights.Imports;
using Sluice.Ledger.Sqlite;

namespace Sluice.Insights.Store;

/// <summary>What bills say, in a SQLite file of the data directory.</summary>
public sealed class CostStore : IDisposable
{
    private const int CacheKilobytes = 64_000;

    private readonly SqliteConnection _connection;
    private readonly TimeProvider _time;

    private CostStore(SqliteConnection connection, TimeProvider time) => (_connection, _time) = (connection, time);

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
            connection.Run("PRAGMA journal_mode = WAL");
            connection.Run("PRAGMA synchronous = NORMAL");
            connection.Run($"PRAGMA cache_size = -{CacheKilobytes}");
            connection.Run(CostSchema.Create);
            return new CostStore(connection, time);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            throw new CostStoreException($"The cost store '{file}' can't be opened: {e.Message}", e);
        }
    }

    /// <summary>Whether a data directory has a store.</summary>
    public static bool Exists(string dataDirectory) => File.Exists(Path.Combine(dataDirectory, CostSchema.FileName));

    /// <summary>Begins the import of one file; nothing of it is there before it is committed.</summary>
    /// <param name="file">What the import is listed under.</param>
    /// <param name="replaces">Whether it is the whole of the periods that it has charges of; what earlier imports said of them goes.</param>
    internal CostWriter Begin(string file, bool replaces = false) => new(_connection, file, replaces, _time);

    /// <summary>
    /// What charges come to by day, one row for each facet and day. Days are those on which charges begin (UTC).
    /// </summary>
    /// <param name="from">First day.</param>
    /// <param name="to">First day no longer in it.</param>
    /// <param name="all">Also what is no generative AI.</param>
    /// <param name="counted">What providers count without money, in place of what they bill.</param>
    public IEnumerable<CostRow> Days(DateOnly from, DateOnly to, bool all = false, bool counted = false)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = $"""
            SELECT f.source, f.provider, f.service, f.model, f.family, f.developer, f.kind, f.tier, f.scope, f.batch, f.latency_optimized, f.long_context, f.account,
                f.project, f.region, f.principal, f.tags, f.usage_type, f.charge_category, f.unit, f.currency, f.generative, f.unknown, d.day, d.lines, d.unpriced, f.billing_account, f.billing_month
                {string.Concat(CostSchema.Amounts.Select(a => $", d.{a}_milli, d.{a}_rest"))}
            FROM {(counted ? CostSchema.CountDays : CostSchema.Days)} d JOIN facets f ON f.id = d.facet WHERE d.day >= $from AND d.day < $to {(all ? "" : "AND f.generative = 1")} ORDER BY d.day, f.id
            """;
        command.Parameters.AddWithValue("$from", DayNumber(from));
        command.Parameters.AddWithValue("$to", DayNumber(to));
        using var reader = command.ExecuteReader();
        while (reader.Read())
            yield return Row(reader);
    }

    /// <summary>From when to when the store has charges of generative AI that count something; null where it has none.</summary>
    public (DateTimeOffset From, DateTimeOffset Until)? Coverage()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT MIN(c.from_s), MAX(c.to_s) FROM charges c JOIN facets f ON f.id = c.facet WHERE f.generative = 1 AND f.kind <> ''";
        using var reader = command.ExecuteReader();
        return reader.Read() && !reader.IsDBNull(0)
            ? (DateTimeOffset.FromUnixTimeSeconds(reader.GetInt64(0)), DateTimeOffset.FromUnixTimeSeconds(reader.GetInt64(1)))
            : null;
    }

    public void Dispose() => _connection.Dispose();

    internal static long DayNumber(DateOnly day) => day.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    private static CostRow Row(SqliteDataReader reader)
    {
        var facet = new CostFacet
        {
            Source = BillSources.TryParse(reader.GetString(0), out var source) ? source : throw new CostStoreException($"The cost store has a source '{reader.GetString(0)}', which this version doesn't know."),
            Provider = reader.GetString(1),
            Service = reader.GetString(2),
            Model = reader.GetString(3),
            Family = reader.GetString(4),
            Developer = reader.GetString(5),
            Kind = UsageKinds.TryParse(reader.GetString(6), out var kind) ? kind : null,
            Tier = reader.GetString(7),
            Scope = reader.GetString(8),
            IsBatch = reader.GetBoolean(9),
            IsLatencyOptimized = reader.GetBoolean(10),
            IsLongContext = reader.GetBoolean(11),
            Account = reader.GetString(12),
            Project = reader.GetString(13),
            Region = reader.GetString(14),
            Principal = reader.GetString(15),
            Tags = reader.GetString(16),
            UsageType = reader.GetString(17),
            ChargeCategory = reader.GetString(18),
            Unit = reader.GetString(19),
            Currency = reader.GetString(20),
            IsGenerativeAi = reader.GetBoolean(21),
            Unknown = reader.GetString(22),
            BillingAccount = reader.GetString(26),
            BillingMonth = reader.GetString(27),
        };
        var day = DateTimeOffset.UnixEpoch.AddDays(reader.GetInt64(23));
        var amounts = new CostAmounts(day, day.AddDays(1), Amount(0), Amount(1), Amount(2), Amount(3), Amount(4));
        return new CostRow(facet, amounts, reader.GetInt64(24), reader.GetInt64(25));

        decimal? Amount(int number) => reader.IsDBNull(28 + (number * 2)) ? null : Exact.Join(reader.GetInt64(28 + (number * 2)), reader.GetInt64(29 + (number * 2)));
    }
}

/// <summary>The cost store can't be used. The message names the file and the reason.</summary>
public sealed class CostStoreException(string message, Exception? innerException = null) : Exception(message, innerException);
