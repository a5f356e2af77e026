using Sluice.Core.Invocations;
using Sluice.Ledger.Tests.Harness;
using Sluice.Testing;

namespace Sluice.Ledger.Tests;

public sealed class LiveLedgerTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task ExportsWhatWasClosedInTheOrderOfStart()
    {
        var records = Some(500, seed: 1);
        using var folder = new LedgerFolder();
        await folder.WriteAsync(records);

        var exported = await folder.ExportAsync();

        Assert.Equal(records.Texts(), exported.Texts());
        Assert.Equal(exported.Select(r => r.StartedAt.UtcTicks / 10), exported.Select(r => r.StartedAt.UtcTicks / 10).Order());
        await folder.VerifyAsync();
    }

    [Fact]
    public async Task KeepsEveryAttemptOfARetriedCall()
    {
        var random = new RandomInvocations(2, Start);
        var record = Enumerable.Range(0, 100).Select(_ => random.Closed()).First(r => r.Attempts.Length == 3);
        using var folder = new LedgerFolder();
        await using (var ledger = folder.Open())
        {
            for (var attempts = 1; attempts <= 3; attempts++)
                ledger.Open(record.AsIntent() with { Attempts = record.Attempts[..attempts] });
            ledger.Close(record);
        }

        Assert.Equal(record.Attempts, Assert.Single(await folder.ExportAsync()).Attempts);
    }

    [Fact]
    public async Task WhatWasNeverClosedIsInterruptedOnceWithTheAttemptsOfItsLastIntent()
    {
        var random = new RandomInvocations(3, Start);
        var record = Enumerable.Range(0, 100).Select(_ => random.Closed()).First(r => r.Attempts.Length == 3);
        using var folder = new LedgerFolder();
        await using (var ledger = folder.Open())
        {
            for (var attempts = 1; attempts <= 3; attempts++)
                ledger.Open(record.AsIntent() with { Attempts = record.Attempts[..attempts] });
        }

        for (var i = 0; i < 3; i++)
        {
            await using (folder.Open())
            {
                // Opening is what settles.
            }
            var interrupted = Assert.Single(await folder.ExportAsync());
            Assert.Equal(Outcome.Interrupted, interrupted.Outcome);
            Assert.Equal(3, interrupted.Attempts.Length);
        }
        await folder.VerifyAsync();
    }

    [Fact]
    public async Task FlushedRecordsCanBeAskedForWhileTheLedgerIsLive()
    {
        using var folder = new LedgerFolder();
        await using var ledger = folder.Open();
        var records = Some(300, seed: 4);
        foreach (var part in records.Chunk(100))
        {
            ledger.Write(part);
            await ledger.FlushAsync(TestContext.Current.CancellationToken);
        }

        using var reader = await folder.ReadAsync();

        Assert.Equal(records.Texts(), reader.Export().Texts());
    }

    [Fact]
    public async Task AReaderSeesAllThatWasClosedBeforeItAsked()
    {
        using var folder = new LedgerFolder();
        await using var ledger = folder.Open();
        var expected = 0;
        foreach (var part in Some(1_000, seed: 5).Chunk(50))
        {
            ledger.Write(part);
            expected += part.Length;
            using var reader = await folder.ReadAsync();
            Assert.Equal(expected, reader.Export().Count());
            Assert.Equal(expected, Assert.Single(reader.Spend(new())).Calls);
        }
    }

    [Fact]
    public async Task ASecondWriterIsToldWhoHasTheDirectory()
    {
        using var folder = new LedgerFolder();
        await using var ledger = folder.Open();

        var refused = Assert.Throws<LedgerUnavailableException>(() => folder.Open());

        Assert.Contains("another process", refused.Message, StringComparison.Ordinal);
        Assert.Contains(folder.Root, refused.Message, StringComparison.Ordinal);
        Assert.Contains("--data", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EightThreadsLoseNothingAndCountNothingTwice()
    {
        const int Threads = 8, Each = 5_000;
        using var folder = new LedgerFolder();
        var template = new RandomInvocations(6, Start).Closed() with { Attempts = [] };
        await using (var ledger = folder.Open(new LedgerOptions { DataDirectory = "", SegmentBytes = 4 * 1024 * 1024 }))
        {
            var threads = Enumerable.Range(0, Threads).Select(t => new Thread(() => ledger.Write(
                Enumerable.Range(0, Each).Select(i => template with { InvocationId = $"{t}-{i}" })))).ToList();
            threads.ForEach(t => t.Start());
            threads.ForEach(t => t.Join());
        }

        using var reader = await folder.ReadAsync();

        Assert.Equal(Threads * Each, Assert.Single(reader.Spend(new())).Calls);
        Assert.Equal(Threads * Each, reader.Export().Select(r => r.InvocationId).Distinct().Count());
        await folder.VerifyAsync();
    }

    [Fact]
    public async Task SegmentsEndAtTheirSize()
    {
        using var folder = new LedgerFolder();
        await folder.WriteAsync(Some(300, seed: 7), new LedgerOptions { DataDirectory = "", SegmentBytes = 64 * 1024 });

        var segments = folder.Journal.Segments();

        Assert.True(segments.Count > 5);
        Assert.All(segments, s => Assert.InRange(new FileInfo(folder.Journal.FileOf(s)).Length, 0, 70 * 1024));
        Assert.Equal(300, (await folder.ExportAsync()).Count);
    }

    [Fact]
    public async Task CallsThatCloseWhileTheLedgerShutsDownAreKeptOrInterrupted()
    {
        using var folder = new LedgerFolder();
        var ledger = folder.Open();
        var opened = 0;
        using var busy = new ManualResetEventSlim();
        var writer = new Thread(() =>
        {
            try
            {
                foreach (var record in Some(5_000, seed: 8))
                {
                    ledger.Open(record.AsIntent());
                    opened++;
                    if (opened == 200)
                        busy.Set();
                    ledger.Close(record);
                }
            }
            catch (LedgerUnavailableException)
            {
                // The answer to a call that comes after the end.
            }
        });
        writer.Start();
        busy.Wait(TestContext.Current.CancellationToken);
        await ledger.DisposeAsync();
        await ledger.DisposeAsync();
        writer.Join();

        var exported = await folder.ExportAsync();

        Assert.Equal(opened, exported.Count);
        Assert.Equal(opened, exported.Select(r => r.InvocationId).Distinct().Count());
        await folder.VerifyAsync();
    }

    [Fact]
    public async Task AMissingDirectoryIsNamed()
    {
        var refused = await Assert.ThrowsAsync<LedgerUnavailableException>(() => Ledger.Queries.LedgerReader.OpenAsync("/nowhere/ledger", TimeProvider.System));

        Assert.Contains("/nowhere/ledger", refused.Message, StringComparison.Ordinal);
    }

    private static List<InvocationRecord> Some(int count, int seed)
    {
        var random = new RandomInvocations(seed, Start);
        return [.. Enumerable.Range(0, count).Select(_ => random.Closed())];
    }
}
