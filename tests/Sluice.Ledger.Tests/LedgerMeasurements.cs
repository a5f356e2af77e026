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
        var random = new RandomInvocations(1, new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero), days: 30);
        // Records as a gateway writes them: one attempt, a few models, applications and keys.
        var templates = Enumerable.Range(0, 1_000).Select(_ => random.Closed()).Select(r => r with { Attempts = r.Attempts[..1], Decisions = [], Operation = Operation.Converse }).ToList();

        var clock = Stopwatch.StartNew();
        await using (var ledger = folder.Open())
        {
            for (var i = 0; i < Count; i++)
            {
                var record = templates[i % templates.Count] with { InvocationId = $"{i:x16}-{i * 7919 % 1_000_003:x16}" };
                ledger.Open(record.AsIntent());
                ledger.Close(record);
            }
            Say($"Open and Close, one thread, with the index at work: {clock.Elapsed.TotalMicroseconds / Count:f1} us a call");
            await ledger.FlushAsync(TestContext.Current.CancellationToken);
            Say($"  and until all is indexed: {clock.Elapsed.TotalMicroseconds / Count:f1} us a call");
            Say($"  resident memory {Process.GetCurrentProcess().WorkingSet64 >> 20} MB, managed heap {GC.GetTotalMemory(forceFullCollection: true) >> 20} MB");
        }
        Say($"journal: {Directory.EnumerateFiles(folder.Journal.Path).Sum(f => new FileInfo(f).Length) / Count} bytes a call; database: {new FileInfo(folder.Database).Length / Count} bytes a call");

        folder.DeleteDatabase();
        clock.Restart();
        using (var indexer = new Indexer(folder.Journal, Database.OpenForWriting(folder.Root)))
        {
            while (indexer.IndexBatch())
            {
            }
        }
        Say($"index from the journal alone: {Count / clock.Elapsed.TotalSeconds:f0} rows/s");

        using var reader = await folder.ReadAsync();
        foreach (var group in (string[][])[[], ["app"], ["app", "model", "day"], ["hour", "key", "kind"]])
        {
            clock.Restart();
            var rows = reader.Spend(new SpendQuery { GroupBy = group });
            Say($"spend by {string.Join(", ", group)}: {clock.Elapsed.TotalMilliseconds:f0} ms, {rows.Count} rows");
        }
        clock.Restart();
        var differences = Ledger.Upkeep.Verification.Run(folder.Root).Differences.Where(d => !d.Contains("request id", StringComparison.Ordinal));
        Say($"verification: {clock.Elapsed.TotalSeconds:f1} s, {differences.Count()} differences");
    }

    private void Say(string line) => output.WriteLine(line);
}
