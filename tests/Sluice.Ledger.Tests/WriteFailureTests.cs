using Sluice.Core.Invocations;
using Sluice.Ledger.Tests.Harness;
using Sluice.Testing;

namespace Sluice.Ledger.Tests;

/// <summary>Disks that refuse.</summary>
public sealed class WriteFailureTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task ACallThatCannotBeRecordedIsToldSoAndHealthFails()
    {
        using var folder = new LedgerFolder();
        var disk = new FullDisk();
        await using var ledger = Open(folder, disk);
        disk.Room = 100;

        var refused = Assert.Throws<LedgerUnavailableException>(() => ledger.Open(Records(1)[0].AsIntent()));

        Assert.Contains("No space left", refused.Message, StringComparison.Ordinal);
        Assert.Contains("journal", refused.Message, StringComparison.Ordinal);
        Assert.Equal(LedgerStatus.Failed, ledger.Health.Status);
        Assert.Contains("No space left", ledger.Health.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FinalRecordsWaitWithinTheBoundAndAreWrittenWhenThereIsRoom()
    {
        using var folder = new LedgerFolder();
        var disk = new FullDisk();
        var records = Records(6);
        await using (var ledger = Open(folder, disk, maxPending: 4))
        {
            records.ForEach(r => ledger.Open(r.AsIntent()));
            disk.Room = 200;
            records.ForEach(ledger.Close);
            Assert.Equal((LedgerStatus.Failed, 4, 2L), (ledger.Health.Status, ledger.Health.Pending, ledger.Health.Lost));
            await Assert.ThrowsAsync<LedgerUnavailableException>(() => ledger.FlushAsync(TestContext.Current.CancellationToken));

            disk.Room = long.MaxValue;
            await ledger.FlushAsync(TestContext.Current.CancellationToken);

            Assert.Equal((LedgerStatus.Healthy, 0, 2L), (ledger.Health.Status, ledger.Health.Pending, ledger.Health.Lost));
            Assert.Equal(records[..4].Texts(), (await folder.ExportAsync()).Texts());
        }
        Assert.Equal(records[..4].Concat(records[4..].Select(r => r.AsIntent())).Texts(), (await folder.ExportAsync()).Texts());
        await folder.VerifyAsync();
    }

    [Fact]
    public async Task HealthComesBackWithoutTraffic()
    {
        using var folder = new LedgerFolder();
        var disk = new FullDisk();
        await using var ledger = Open(folder, disk);
        disk.Room = 0;
        Assert.Throws<LedgerUnavailableException>(() => ledger.Open(Records(1)[0].AsIntent()));
        ledger.Sync();
        Assert.Equal(LedgerStatus.Failed, ledger.Health.Status);

        disk.Room = long.MaxValue;
        ledger.Sync();

        Assert.Equal(LedgerStatus.Healthy, ledger.Health.Status);
        ledger.Write(Records(1));
        await ledger.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Single(await folder.ExportAsync());
        Assert.Equal(0, ledger.Health.CorruptLines);
        await folder.VerifyAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task ADiskThatFillsAndEmptiesAtRandomLosesNothingThatWasAccepted(int seed)
    {
        using var folder = new LedgerFolder();
        var disk = new FullDisk();
        var random = new Random(seed);
        var accepted = new List<InvocationRecord>();
        await using (var ledger = Open(folder, disk))
        {
            foreach (var record in Records(400))
            {
                if (random.Next(5) == 0)
                    disk.Room = random.Next(4) > 0 ? random.Next(6_000) : long.MaxValue;
                try
                {
                    ledger.Open(record.AsIntent());
                }
                catch (LedgerUnavailableException)
                {
                    continue;
                }
                accepted.Add(record);
                ledger.Close(record);
            }
            disk.Room = long.MaxValue;
            Assert.Equal(0, ledger.Health.Lost);
        }
        Assert.InRange(accepted.Count, 20, 399);
        Assert.Equal(accepted.Texts(), (await folder.ExportAsync()).Texts());
        await folder.VerifyAsync();
    }

    [Fact]
    public async Task AJournalFolderThatIsGoneStopsRecordingAndIsToldWithItsName()
    {
        using var folder = new LedgerFolder();
        await using var ledger = folder.Open(new LedgerOptions { DataDirectory = "", SegmentBytes = 1 });
        var record = Records(1)[0];
        ledger.Open(record.AsIntent());
        var aside = folder.Journal.Path + "-aside";
        Directory.Move(folder.Journal.Path, aside);

        Assert.Throws<LedgerUnavailableException>(() => ledger.Open(Records(2)[1].AsIntent()));
        ledger.Close(record);
        Assert.Equal((LedgerStatus.Failed, 1), (ledger.Health.Status, ledger.Health.Pending));

        Directory.Move(aside, folder.Journal.Path);
        await ledger.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal([record], await folder.ExportAsync(), (a, b) => a.InvocationId == b.InvocationId && a.Outcome == b.Outcome);
    }

    private static LiveLedger Open(LedgerFolder folder, FullDisk disk, int maxPending = 10_000)
    {
        var ledger = folder.Open(new LedgerOptions { DataDirectory = "", MaxPending = maxPending });
        ledger.Journal.WriteBytes = disk.Write;
        return ledger;
    }

    private static List<InvocationRecord> Records(int count)
    {
        var random = new RandomInvocations(5, Start);
        return [.. Enumerable.Range(0, count).Select(_ => random.Closed())];
    }
}
