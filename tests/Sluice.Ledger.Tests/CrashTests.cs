using Microsoft.Data.Sqlite;
using Sluice.Core.Invocations;
using Sluice.Ledger.Journal;
using Sluice.Ledger.Sqlite;
using Sluice.Ledger.Tests.Harness;
using Sluice.Testing;

namespace Sluice.Ledger.Tests;

/// <summary>Processes that are killed, power that fails, recovery that is itself interrupted: every call is there, once.</summary>
public sealed class CrashTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task AKilledWriterLeavesEveryAcknowledgedCallExactlyOnce()
    {
        using var folder = new LedgerFolder();
        var random = new Random(1);
        var known = new Dictionary<string, Outcome>(StringComparer.Ordinal);
        for (var round = 0; round < 5; round++)
        {
            using var writer = new WriterProcess(folder.Root, round);
            writer.ReadAcknowledgements(random.Next(1, 3_000));
            writer.Kill();

            var exported = await folder.ExportAsync();

            var outcomes = exported.ToDictionary(r => r.InvocationId, r => r.Outcome, StringComparer.Ordinal);
            Assert.All(known, earlier => Assert.Equal(earlier.Value, outcomes[earlier.Key]));
            Assert.All(writer.Opened, id => Assert.Contains(id, outcomes));
            Assert.All(writer.Closed, id => Assert.Equal(Outcome.Completed, outcomes[id]));
            Assert.All(writer.Opened.Where(WriterProcess.IsLeftOpen), id => Assert.Equal(Outcome.Interrupted, outcomes[id]));
            // Each thread may have been killed between the ledger's answer and its own word.
            Assert.InRange(outcomes.Count - known.Count - writer.Opened.Count, 0, WriterProcess.Threads);
            await folder.VerifyAsync();
            known = outcomes;
        }
    }

    [Fact]
    public async Task TheFilesOfAnyMomentMakeAWholeLedger()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells when a process is frozen.");
        using var folder = new LedgerFolder();
        using var writer = new WriterProcess(folder.Root, 1);
        var random = new Random(2);
        for (var moment = 0; moment < 5; moment++)
        {
            writer.ReadAcknowledgements(random.Next(1, 1_000));
            writer.Freeze();
            using var copy = folder.Copy();
            writer.Thaw();

            var outcomes = (await copy.ExportAsync()).ToDictionary(r => r.InvocationId, r => r.Outcome, StringComparer.Ordinal);

            Assert.All(writer.Opened, id => Assert.Contains(id, outcomes));
            Assert.All(writer.Closed, id => Assert.Equal(Outcome.Completed, outcomes[id]));
            await copy.VerifyAsync();
        }
        writer.Kill();
    }

    [Fact]
    public async Task AJournalCutAnywhereInItsLastLinesKeepsEveryWholeLine()
    {
        var first = Small("first");
        var last = Small("last");
        using var folder = new LedgerFolder();
        await folder.WriteAsync([first, last]);
        var journal = await File.ReadAllBytesAsync(folder.NewestSegment);
        var closeEnds = journal.Length;
        var openEnds = LineStart(journal, closeEnds);
        var openStarts = LineStart(journal, openEnds);
        folder.DeleteDatabase();
        await File.WriteAllBytesAsync(folder.NewestSegment, journal[..openStarts]);
        folder.TakeOver();

        for (var cut = openStarts; cut <= closeEnds; cut++)
        {
            await File.WriteAllBytesAsync(folder.NewestSegment, journal[..cut]);
            using (var reader = new JournalReader(folder.Journal))
            {
                var lines = 0;
                var end = reader.Read(JournalPosition.Beginning, long.MaxValue, entry => lines += entry.Kind == JournalLineKind.Corrupt ? 100 : 1);
                Assert.Equal((cut == closeEnds ? 4 : cut >= openEnds ? 3 : 2, cut == closeEnds ? closeEnds : cut >= openEnds ? openEnds : openStarts), (lines, (int)end.Offset));
            }
            // Opening takes a hundred times as long as reading; around the ends of lines it is done for every byte.
            if (cut % 10 != 0 && new[] { openStarts, openEnds, closeEnds }.All(e => Math.Abs(e - cut) > 3))
                continue;
            var exported = await folder.ExportAsync();

            InvocationRecord[] expected = cut == closeEnds ? [first, last] : cut >= openEnds ? [first, last.AsIntent()] : [first];
            Assert.Equal(expected.Texts(), exported.Texts());
            if (cut % 100 == 0)
            {
                using var copy = folder.Copy();
                await copy.WriteAsync([Small("next")]);
                Assert.Equal(expected.Append(Small("next")).Texts(), (await copy.ExportAsync()).Texts());
                await copy.VerifyAsync();
            }
        }
    }

    [Fact]
    public async Task AJournalThatLostItsTailToAPowerFailureTakesNothingFromTheDatabase()
    {
        using var folder = new LedgerFolder();
        var records = Enumerable.Range(0, 20).Select(i => Small($"i{i}")).ToList();
        await folder.WriteAsync(records);
        await using (var file = File.OpenWrite(folder.NewestSegment))
            file.SetLength(file.Length / 3);

        await folder.WriteAsync([Small("next")]);

        Assert.Equal(records.Append(Small("next")).Texts(), (await folder.ExportAsync()).Texts());
        await folder.VerifyAsync();
    }

    [Fact]
    public async Task RecoveryThatIsInterruptedAtAnyStepIsDoneAgain()
    {
        using var folder = new LedgerFolder();
        var closed = Enumerable.Range(0, 20).Select(i => Small($"closed{i}")).ToList();
        var open = Enumerable.Range(0, 5).Select(i => Small($"open{i}").AsIntent()).ToList();
        await using (var ledger = folder.Open())
        {
            ledger.Write(closed);
            open.ForEach(ledger.Open);
        }
        folder.DeleteDatabase();
        var expected = closed.Concat(open).Texts().ToList();
        var states = new List<LedgerFolder>();
        try
        {
            states.Add(folder.Copy());
            using (var connection = Database.OpenForWriting(folder.Root))
            {
                states.Add(folder.Copy());
                using var indexer = new Indexer(folder.Journal, connection);
                Assert.True(indexer.IndexBatch());
                states.Add(folder.Copy());
                using (var transaction = connection.BeginTransaction())
                {
                    connection.Run("DELETE FROM open_intents", transaction);
                    states.Add(folder.Copy());
                }
                Assert.Equal(open.Count, indexer.SettleInterrupted("~"));
                states.Add(folder.Copy());
            }

            foreach (var state in states)
            {
                await using (state.Open())
                    await state.VerifyAsync();
                Assert.Equal(expected, (await state.ExportAsync()).Texts());
                await state.VerifyAsync();
            }
        }
        finally
        {
            states.ForEach(s => s.Dispose());
        }
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("garbage at its end")]
    [InlineData("truncated")]
    [InlineData("empty")]
    [InlineData("without its -wal")]
    [InlineData("gone")]
    public async Task ADamagedDatabaseIsMadeAnewFromTheJournalWithTheSameSpend(string damage)
    {
        var random = new RandomInvocations(9, Start);
        using var live = new LedgerFolder();
        await using var ledger = live.Open();
        ledger.Write(Enumerable.Range(0, 400).Select(_ => random.Closed()));
        await ledger.FlushAsync(TestContext.Current.CancellationToken);
        // A copy of a live directory has a -wal.
        using var folder = live.Copy();
        using var untouched = live.Copy();
        if (damage != "without its -wal")
            Checkpoint(folder);
        Damage(folder.Database, damage);

        using var damaged = await folder.ReadAsync();
        using var whole = await untouched.ReadAsync();

        var query = new Ledger.Queries.SpendQuery { GroupBy = ["app", "model", "kind", "hour"] };
        Assert.Equal(whole.Spend(query).Select(r => r with { Group = [] }), damaged.Spend(query).Select(r => r with { Group = [] }));
        Assert.Equal(whole.Export().Texts(), damaged.Export().Texts());
        await folder.VerifyAsync();
        Assert.Empty(Directory.GetFiles(folder.Root, "ledger.db.damaged-*"));
        await using (folder.Open())
        {
        }
        if (damage is "garbage")
            Assert.NotEmpty(Directory.GetFiles(folder.Root, "ledger.db.damaged-*"));
    }

    [Fact]
    public async Task ADatabaseThatIsDamagedUnderALiveServerIsMadeAnewAndWhatIsUnderWayIsNotInterrupted()
    {
        using var folder = new LedgerFolder();
        await using var ledger = folder.Open(new LedgerOptions { DataDirectory = "", SegmentBytes = 4 * 1024 });
        var underWay = Small("under way");
        ledger.Open(underWay.AsIntent());
        var records = Enumerable.Range(0, 40).Select(i => Small($"i{i}")).ToList();
        ledger.Write(records[..20]);
        await ledger.FlushAsync(TestContext.Current.CancellationToken);
        using (var other = Database.Connect(folder.Database, SqliteOpenMode.ReadWrite))
        {
            other.Run("PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = 'none' WHERE name = 'sums'; PRAGMA schema_version = 99");
        }

        ledger.Write(records[20..]);
        // Either this call meets the damage, or the indexing task has met it, and mended it, on its own.
        var trouble = await Record.ExceptionAsync(() => ledger.FlushAsync(TestContext.Current.CancellationToken));
        Assert.True(trouble is null or LedgerUnavailableException, $"{trouble}");
        await ledger.FlushAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(Directory.GetFiles(folder.Root, "ledger.db.damaged-*"));
        ledger.Close(underWay);
        await ledger.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(LedgerStatus.Healthy, ledger.Health.Status);
        Assert.Equal(records.Append(underWay).Texts(), (await folder.ExportAsync()).Texts());
        await folder.VerifyAsync();
    }

    private static void Checkpoint(LedgerFolder folder)
    {
        using var connection = Database.OpenForWriting(folder.Root);
        connection.Run("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private static void Damage(string file, string damage)
    {
        using (var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite))
        {
            switch (damage)
            {
                case "garbage":
                    Garbage(stream, 0, stream.Length);
                    break;
                case "garbage at its end":
                    Garbage(stream, 4096, stream.Length);
                    break;
                case "truncated":
                    stream.SetLength(stream.Length / 2);
                    break;
                case "empty":
                    stream.SetLength(0);
                    break;
            }
        }
        if (damage == "gone")
            File.Delete(file);
        File.Delete(file + "-wal");
        File.Delete(file + "-shm");
    }

    private static void Garbage(FileStream stream, long from, long to)
    {
        var bytes = new byte[to - from];
        new Random(4).NextBytes(bytes);
        stream.Position = from;
        stream.Write(bytes);
    }

    private static int LineStart(byte[] journal, int end) => journal.AsSpan(0, end - 1).LastIndexOf((byte)'\n') + 1;

    private static InvocationRecord Small(string id) => new()
    {
        InvocationId = id,
        StartedAt = Start,
        Operation = Operation.Converse,
        Outcome = Outcome.Completed,
        Usage = new() { Input = 1 },
        Cost = Core.Money.FromUsd(0.000003m),
    };
}
