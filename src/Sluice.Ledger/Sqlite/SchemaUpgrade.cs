using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Sluice.Core.Invocations;
using Sluice.Ledger.Sums;

namespace Sluice.Ledger.Sqlite;

/// <summary>
/// Brings a file of version 1, which has hourly sums alone, up to this version: sums and narrow rows are made from the records, a batch at a
/// time, beside what the file has. Only the last transaction, once all totals agree, takes the old sums away and sets the version. Until
/// then the file is one of version 1 that the earlier program can use, whatever ends the upgrade; the next start resumes it.
/// </summary>
internal sealed partial class SchemaUpgrade
{
    private const int BatchRecords = 1000;

    private readonly SqliteConnection _connection;
    private readonly ILogger? _logger;

    /// <summary>Records that began before it are in the old sums, and may be deleted; those are taken over by the hour.</summary>
    private readonly long _summedSince;

    private SchemaUpgrade(SqliteConnection connection, ILogger? logger)
    {
        _connection = connection;
        _logger = logger;
        // The first hour that is kept may be kept in part; the old sums are whole.
        _summedSince = Facts.Read(connection, Facts.KeptSince) is { } kept
            ? Quarters.Start(Quarters.Of(DateTimeOffset.UnixEpoch.AddMicroseconds(kept)), Quarters.InHour) + Quarters.InHour
            : long.MinValue;
    }

    /// <exception cref="SqliteException">The disk refuses it, for one.</exception>
    /// <exception cref="LedgerUnavailableException">The records don't add up to the old sums.</exception>
    public static void Run(SqliteConnection connection, string dataDirectory, ILogger? logger)
    {
        connection.Run(Schema.Text);
        if (HourlySums.Exist(connection))
        {
            // What an interrupted upgrade left may not fit what the earlier program did since.
            var isResumed = Facts.Read(connection, Facts.Upgraded) is not null;
            if (new SchemaUpgrade(connection, logger).TakeOver() is { } difference && !(isResumed && StartAnew(connection, logger, out difference)))
            {
                throw new LedgerUnavailableException(
                    $"'{Database.PathIn(dataDirectory)}' was not brought up to schema {Database.Version}, and is as it was: {difference}. "
                    + "Keep a copy and delete the file; it is made anew from the journal.");
            }
        }
        connection.Run($"PRAGMA user_version = {Database.Version}");
    }

    private static bool StartAnew(SqliteConnection connection, ILogger? logger, out string? difference)
    {
        using (var transaction = connection.BeginTransaction())
        {
            connection.Run(Schema.DropSums + Schema.Sums, transaction);
            Facts.Delete(connection, Facts.Upgraded, transaction);
            transaction.Commit();
        }
        return (difference = new SchemaUpgrade(connection, logger).TakeOver()) is null;
    }

    /// <returns>Null, or how the totals differ, in which case the old sums stay.</returns>
    private string? TakeOver()
    {
        var last = Facts.Read(_connection, Facts.Upgraded) ?? 0;
        var end = _connection.Ask("SELECT MAX(id) FROM invocations") as long? ?? 0;
        using (var index = new CallIndex(_connection))
        {
            while (last < end)
            {
                last = TakeBatch(index, last);
                if (_logger is not null)
                    Log.Progress(_logger, _connection.DataSource, last, end);
            }
        }
        return Finish();
    }

    private long TakeBatch(CallIndex index, long last)
    {
        using var transaction = _connection.BeginTransaction();
        using (var select = _connection.CreateCommand())
        {
            select.Transaction = transaction;
            select.CommandText = "SELECT id, record FROM invocations WHERE id > $last ORDER BY id LIMIT $count";
            select.Parameters.AddWithValue("$last", last);
            select.Parameters.AddWithValue("$count", BatchRecords);
            using var reader = select.ExecuteReader();
            while (reader.Read())
            {
                last = reader.GetInt64(0);
                var record = InvocationJson.Read((byte[])reader[1]);
                index.Add(last, record, Quarters.Of(record.StartedAt) >= _summedSince, transaction);
            }
        }
        index.WriteSums();
        Facts.Write(_connection, Facts.Upgraded, last, transaction);
        transaction.Commit();
        return last;
    }

    private string? Finish()
    {
        using var transaction = _connection.BeginTransaction();
        var expected = HourlySums.Total(_connection);
        HourlySums.TakeOver(_connection, _summedSince, transaction);
        foreach (var width in Quarters.Widths.Where(w => w >= Quarters.InHour))
        {
            if (HourlySums.Difference(expected, HourlySums.TotalOf(_connection, width)) is { } difference)
                return difference;
        }
        if (_summedSince != long.MinValue)
            Facts.Write(_connection, Facts.QuartersSince, _summedSince, transaction);
        Facts.Delete(_connection, Facts.Upgraded, transaction);
        _connection.Run($"DROP TABLE rollups; PRAGMA user_version = {Database.Version}", transaction);
        transaction.Commit();
        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(46, LogLevel.Information, "{File} is being brought up to this version: record {Done} of {Last}")]
        public static partial void Progress(ILogger logger, string file, long done, long last);
    }
}
