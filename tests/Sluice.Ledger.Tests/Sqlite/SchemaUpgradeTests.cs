using Microsoft.Data.Sqlite;
using Sluice.Core.Invocations;
using Sluice.Ledger.Queries;
using Sluice.Ledger.Sqlite;
using Sluice.Ledger.Tests.Harness;
using Sluice.Testing;

namespace Sluice.Ledger.Tests.Sqlite;

public sealed class SchemaUpgradeTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 20, 7, 20, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnEarlierLedgerGivesTheSameAnswersAsANewOne(bool askedBeforeAnyServer)
    {
        var records = Records(2_500);
        using var folder = new LedgerFolder();
        await folder.WriteAsync(records);
        EarlierLedger.Make(folder, records);

        if (!askedBeforeAnyServer)
            folder.TakeOver();

        await AssertSpendAsync(folder, records);
        await folder.VerifyAsync();
    }

    [Fact]
    public async Task WhatRetentionHadDeletedIsKeptByTheHour()
    {
        var records = Records(1_200);
        using var folder = new LedgerFolder();
        await folder.WriteAsync(records);
        EarlierLedger.Make(folder, records);
        var cutoff = Start.AddHours(30).AddMinutes(17);
        using (var connection = Database.Connect(folder.Database, SqliteOpenMode.ReadWrite))
        {
            var microseconds = Ledger.Sums.Quarters.MicrosecondsOf(cutoff);
            connection.Run($"DELETE FROM invocations WHERE started_us < {microseconds}; INSERT INTO facts VALUES ('kept_since_us', '{microseconds}')");
        }

        folder.TakeOver();

        await AssertSpendAsync(folder, records);
        await folder.VerifyAsync();
        Assert.Equal(records.Count(r => r.StartedAt >= cutoff), (await folder.ExportAsync()).Count);
    }

    [Fact]
    public async Task AnUpgradeThatWasKilledGoesOnWhereItWas()
    {
        var records = Records(2_500);
        using var folder = new LedgerFolder();
        await folder.WriteAsync(records);
        EarlierLedger.Make(folder, records);
        // The third batch fails, as if the process ended there.
        Break(folder, "CREATE TRIGGER broken BEFORE INSERT ON calls WHEN NEW.id > 2200 BEGIN SELECT RAISE(ABORT, 'killed'); END");

        Assert.Throws<SqliteException>(folder.TakeOver);
        Assert.Equal(2_000, Count(folder, "calls"));
        Assert.Equal(1L, Ask(folder, "PRAGMA user_version"));
        Mend(folder);
        folder.TakeOver();

        await AssertSpendAsync(folder, records);
        await folder.VerifyAsync();
    }

    [Fact]
    public async Task WhatTheEarlierProgramDidInAnInterruptedUpgradeIsNotCountedWrong()
    {
        var records = Records(1_500);
        using var folder = new LedgerFolder();
        await folder.WriteAsync(records);
        EarlierLedger.Make(folder, records);
        Break(folder, "CREATE TRIGGER broken BEFORE INSERT ON calls WHEN NEW.id > 1200 BEGIN SELECT RAISE(ABORT, 'killed'); END");
        Assert.Throws<SqliteException>(folder.TakeOver);
        Mend(folder);
        using (var connection = Database.Connect(folder.Database, SqliteOpenMode.ReadWrite))
        {
            var microseconds = Ledger.Sums.Quarters.MicrosecondsOf(Start.AddHours(40));
            connection.Run($"DELETE FROM invocations WHERE started_us < {microseconds}; INSERT INTO facts VALUES ('kept_since_us', '{microseconds}')");
        }

        folder.TakeOver();

        await AssertSpendAsync(folder, records);
        await folder.VerifyAsync();
    }

    [Fact]
    public async Task ADiskThatIsFullLeavesTheEarlierLedgerAsItWas()
    {
        var records = Records(1_000);
        using var folder = new LedgerFolder();
        await folder.WriteAsync(records);
        EarlierLedger.Make(folder, records);
        using (var connection = Database.Connect(folder.Database, SqliteOpenMode.ReadWrite))
        {
            connection.Run(Schema.Text + "PRAGMA wal_checkpoint(TRUNCATE)");
            connection.Run($"PRAGMA max_page_count = {connection.Ask("PRAGMA page_count")}");
            var full = Assert.Throws<SqliteException>(() => SchemaUpgrade.Run(connection, folder.Root, null));
            Assert.Equal(13, full.SqliteErrorCode);
        }

        Assert.Equal(1L, Ask(folder, "PRAGMA user_version"));
        Assert.Equal(1_000L, Ask(folder, "SELECT SUM(calls) FROM rollups"));
        Assert.Equal("ok", Ask(folder, "PRAGMA integrity_check"));
        folder.TakeOver();
        await AssertSpendAsync(folder, records);
    }

    [Fact]
    public async Task SumsThatAreNotThoseOfTheRecordsAreRefusedInWordsAndStay()
    {
        var records = Records(100);
        using var folder = new LedgerFolder();
        await folder.WriteAsync(records);
        EarlierLedger.Make(folder, records);
        using (var connection = Database.Connect(folder.Database, SqliteOpenMode.ReadWrite))
            connection.Run("UPDATE rollups SET cost_rest_pico = cost_rest_pico + 1 WHERE kind = 'output'");

        var refused = Assert.Throws<LedgerUnavailableException>(folder.TakeOver);

        Assert.Contains("its sums of output are not those of its records", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1L, Ask(folder, "PRAGMA user_version"));
        Assert.Equal(100L, Ask(folder, "SELECT SUM(calls) FROM rollups"));
    }

    private static async Task AssertSpendAsync(LedgerFolder folder, List<InvocationRecord> records)
    {
        using var reader = await folder.ReadAsync();
        foreach (var group in (string[][])[[], ["hour"], ["app", "day"], ["kind", "model"], ["outcome", "team"]])
        {
            var query = new SpendQuery { GroupBy = group };
            Assert.Equal(Lines(SpendModel.Run(records, query)), Lines(reader.Spend(query)));
        }
    }

    private static IEnumerable<string> Lines(IEnumerable<SpendRow> rows) =>
        rows.Select(r => $"{string.Join('|', r.Group)} {r.Calls} {r.UnpricedCalls} {r.EstimatedCalls} {r.SuspectCalls} {r.Input} {r.Output} {r.Units:0.###} {r.Cost} {r.EstimatedCost}").Order(StringComparer.Ordinal);

    private static void Break(LedgerFolder folder, string trigger)
    {
        using var connection = Database.Connect(folder.Database, SqliteOpenMode.ReadWrite);
        connection.Run(Schema.Text + trigger);
    }

    private static void Mend(LedgerFolder folder)
    {
        using var connection = Database.Connect(folder.Database, SqliteOpenMode.ReadWrite);
        connection.Run("DROP TRIGGER broken");
    }

    private static long Count(LedgerFolder folder, string table) => (long)Ask(folder, $"SELECT COUNT(*) FROM {table}")!;

    private static object? Ask(LedgerFolder folder, string sql)
    {
        using var connection = Database.Connect(folder.Database, SqliteOpenMode.ReadOnly);
        return connection.Ask(sql);
    }

    private static List<InvocationRecord> Records(int count)
    {
        var random = new RandomInvocations(31, Start);
        return [.. Enumerable.Range(0, count).Select(_ => random.Closed())];
    }
}
