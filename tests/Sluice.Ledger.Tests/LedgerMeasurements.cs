using System.Diagnostics;
using Sluice.Core.Invocations;
using Sluice.Ledger.Queries;
using Sluice.Ledger.Sqlite;
using Sluice.Ledger.Tests.Harness;
using Sluice.Testing;

namespace Sluice.Ledger.Tests;

/// <summary>Figures, not claims: run it alone with <c>--explicit only</c>, on a machine that does nothing else.</summary>
public sealed class LedgerMeasurements(ITestOutputHelper output)
{
    private const int Count = 1_000_000;

    [Fact(Explicit = true)]
    public async Task OfAMillionInvocations()
    {
        using var folder = new LedgerFolder();
        // As a gateway writes them: in the order of time, one attempt each, some dozens of callers, models and outcomes.
        var start = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        var random = new RandomInvocations(1, start);
        var templates = Enumerable.Range(0, 60).Select(_ => random.Closed()).Select(r => r with { Attempts = r.Attempts[..1], Decisions = [] }).ToList();

        var clock = new Clock();
        await using (var ledger = folder.Open())
        {
            for (var i = 0; i < Count; i++)
            {
                var record = templates[i % templates.Count] with { InvocationId = $"{i:x32}", StartedAt = start + (TimeSpan.FromDays(30) / Count * i) };
                ledger.Open(record.AsIntent());
                ledger.Close(record);
                if (i % (Count / 5) == 0)
                    Say($"resident after {i} calls: {Environment.WorkingSet >> 20} MB");
            }
            Say($"Open and Close, one thread, with the index at work: {clock.MicrosecondsEach} us a call");
            await ledger.FlushAsync(TestContext.Current.CancellationToken);
            Say($"  and until all is indexed: {clock.MicrosecondsEach} us a call");
            Say($"  resident memory {Environment.WorkingSet >> 20} MB");
        }
        Say($"journal: {Directory.EnumerateFiles(folder.Journal.Path).Sum(f => new FileInfo(f).Length) / Count} bytes a call; database: {new FileInfo(folder.Database).Length / Count} bytes a call");

        folder.DeleteDatabase();
        clock = new Clock();
        using (var indexer = new Indexer(folder.Journal, Database.OpenForWriting(folder.Root)))
        {
            while (indexer.IndexBatch())
            {
            }
        }
        Say($"index from the journal alone: {clock.MicrosecondsEach} us a row");

        using var reader = await folder.ReadAsync();
        foreach (var group in (string[][])[[], ["app"], ["app", "model", "day"], ["hour", "key", "kind"]])
        {
            clock = new Clock();
            var rows = reader.Spend(new SpendQuery { GroupBy = group });
            Say($"spend by {string.Join(", ", group)}: {clock.Wall.TotalMilliseconds:f0} ms ({clock.Processor.TotalMilliseconds:f0} of processor), {rows.Count} rows");
        }
        clock = new Clock();
        var differences = Ledger.Upkeep.Verification.Run(folder.Root).Differences.Where(d => !d.Contains("request id", StringComparison.Ordinal));
        Say($"verification: {clock.Wall.TotalSeconds:f1} s ({clock.Processor.TotalSeconds:f1} of processor), {differences.Count()} differences");
    }

    private void Say(string line) => output.WriteLine(line);

    /// <summary>Time on the wall, and time on a processor, which a busy machine doesn't distort as much.</summary>
    private sealed class Clock
    {
        private readonly long _started = Stopwatch.GetTimestamp();
        private readonly TimeSpan _used = Environment.CpuUsage.TotalTime;

        public TimeSpan Wall => Stopwatch.GetElapsedTime(_started);

        public TimeSpan Processor => Environment.CpuUsage.TotalTime - _used;

        public string MicrosecondsEach => $"{Wall.TotalMicroseconds / Count:f1} ({Processor.TotalMicroseconds / Count:f1} of processor)";
    }
}
