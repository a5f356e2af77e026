using Sluice.Core.Invocations;
using Sluice.Ledger.Queries;
using Sluice.Ledger.Sqlite;
using Sluice.Ledger.Tests.Harness;
using Sluice.Ledger.Upkeep;
using Sluice.Testing;

namespace Sluice.Ledger.Tests.Upkeep;

public sealed class CompactionTests
{
    private static readonly LedgerOptions SmallSegments = new() { DataDirectory = "", SegmentBytes = 32 * 1024 };

    [Fact]
    public async Task ALedgerMadeAnewFromCompressedSegmentsIsTheSame()
    {
        var records = Records(300);
        using var folder = new LedgerFolder();
        await folder.WriteAsync(records, SmallSegments);
        var before = await SpendAsync(folder);

        var result = Compaction.Run(folder.Root, TimeProvider.System);

        Assert.Equal(folder.Journal.Segments().Count - 1, result.Segments);
        Assert.True(result.BytesAfter < result.BytesBefore / 2);
        await folder.VerifyAsync();
        folder.DeleteDatabase();
        Assert.Equal(records.Texts(), (await folder.ExportAsync()).Texts());
        Assert.Equal(before, await SpendAsync(folder));
        await folder.VerifyAsync();
        Assert.Equal(0, Compaction.Run(folder.Root, TimeProvider.System).Segments);
    }

    [Fact]
    public async Task ACrashBeforeThePlainSegmentIsDeletedIsMendedByTheNextRun()
    {
        var records = Records(100);
        using var folder = new LedgerFolder();
        await folder.WriteAsync(records, SmallSegments);
        var oldest = folder.Journal.Segments()[0];
        var plain = await File.ReadAllBytesAsync(folder.Journal.FileOf(oldest));
        Compaction.Run(folder.Root, TimeProvider.System);
        await File.WriteAllBytesAsync(folder.Journal.FileOf(oldest), plain);
        folder.DeleteDatabase();

        Assert.Equal(records.Texts(), (await folder.ExportAsync()).Texts());
        Assert.Equal(1, Compaction.Run(folder.Root, TimeProvider.System).Segments);
        Assert.False(File.Exists(folder.Journal.FileOf(oldest)));
        await folder.VerifyAsync();
    }

    [Fact]
    public async Task ALiveLedgerGoesOnThroughCompaction()
    {
        var records = Records(1_500);
        using var folder = new LedgerFolder();
        await using (var ledger = folder.Open(SmallSegments))
        {
            var writer = new Thread(() => ledger.Write(records));
            writer.Start();
            var compressed = 0;
            do
                compressed += Compaction.Run(folder.Root, TimeProvider.System).Segments;
            while (writer.IsAlive);
            writer.Join();
            await ledger.FlushAsync(TestContext.Current.CancellationToken);
            compressed += Compaction.Run(folder.Root, TimeProvider.System).Segments;
            Assert.True(compressed > 10);
            Assert.Equal(LedgerStatus.Healthy, ledger.Health.Status);
        }
        Assert.Equal(records.Texts(), (await folder.ExportAsync()).Texts());
        await folder.VerifyAsync();
    }

    [Fact]
    public async Task ADamagedCompressedSegmentIsReportedAndTheOthersAreRead()
    {
        var records = Records(200);
        using var folder = new LedgerFolder();
        await folder.WriteAsync(records, SmallSegments);
        Compaction.Run(folder.Root, TimeProvider.System);
        var damaged = folder.Journal.Segments()[2];
        await using (var file = new FileStream(folder.Journal.CompressedFileOf(damaged), FileMode.Open))
            file.SetLength(file.Length / 2);
        folder.DeleteDatabase();

        var exported = await folder.ExportAsync();

        Assert.InRange(exported.Count, 150, 199);
        using var reader = await folder.ReadAsync();
        Assert.Contains(reader.Verify().Differences, d => d.StartsWith(damaged, StringComparison.Ordinal));
    }

    [Fact]
    public async Task RetentionDeletesInvocationsAndSegmentsButKeepsTheSums()
    {
        var start = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        var time = new ManualTime(start);
        var options = SmallSegments with { Retention = TimeSpan.FromDays(7) };
        using var folder = new LedgerFolder();
        var invocations = new RandomInvocations(3, start, days: 20);
        var records = Enumerable.Range(0, 300).Select(_ => invocations.Closed()).OrderBy(r => r.StartedAt).ToList();
        int segments;
        await using (var ledger = folder.Open(options, time))
        {
            foreach (var day in records.Chunk(15))
            {
                time.Advance(day[^1].StartedAt - time.GetUtcNow());
                ledger.Write(day);
                await ledger.FlushAsync(TestContext.Current.CancellationToken);
            }
            segments = folder.Journal.Segments().Count;
        }

        var kept = records.Where(r => r.StartedAt >= records[^1].StartedAt.AddDays(-7)).ToList();
        Assert.Equal(kept.Texts(), (await folder.ExportAsync()).Texts());
        Assert.True(segments < 20);
        using var reader = await folder.ReadAsync();
        Assert.Equal(300, Assert.Single(reader.Spend(new SpendQuery())).Calls);
        Assert.Equal(
            SpendModel.Run(records, new SpendQuery()).Single().Cost,
            Assert.Single(reader.Spend(new SpendQuery())).Cost);
        await folder.VerifyAsync();
    }

    private static async Task<List<string>> SpendAsync(LedgerFolder folder)
    {
        using var reader = await folder.ReadAsync();
        return [.. reader.Spend(new SpendQuery { GroupBy = ["app", "model", "kind"] }).Select(r => $"{string.Join(',', r.Group)} {r with { Group = Array.Empty<string>() }}")];
    }

    private static List<InvocationRecord> Records(int count)
    {
        var random = new RandomInvocations(7, new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        return [.. Enumerable.Range(0, count).Select(_ => random.Closed())];
    }
}
