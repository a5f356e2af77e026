using System.Globalization;
using System.Text;
using Sluice.Core;
using Sluice.Core.Invocations;
using Sluice.Ledger.Sqlite;
using Sluice.Ledger.Tests.Harness;
using Sluice.Ledger.Upkeep;
using Sluice.Testing;

namespace Sluice.Ledger.Tests.Upkeep;

public sealed class VerificationTests
{
    [Fact]
    public async Task ASoundLedgerHasNoDifferences()
    {
        using var folder = new LedgerFolder();
        await folder.WriteAsync(Records(200));

        var result = Verification.Run(folder.Root);

        Assert.Empty(result.Differences);
        Assert.Equal((400, 200), (result.Lines, result.Invocations));
    }

    [Fact]
    public async Task CorruptLinesAreReportedWithFileAndLineAndTheRestIsIndexed()
    {
        var records = Records(50);
        using var folder = new LedgerFolder();
        await folder.WriteAsync(records);
        var segment = folder.Journal.Segments()[^1];
        var lines = await File.ReadAllLinesAsync(folder.NewestSegment);
        // Line 42 closes the 21st call: a damaged digit of it, and its intent remains.
        lines[41] = lines[41].Replace("\"request_bytes\":", "\"request_bytes\":9", StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.NewestSegment, string.Join('\n', lines) + "\n");
        folder.DeleteDatabase();

        await using (var ledger = folder.Open())
            Assert.Equal(1, ledger.Health.CorruptLines);

        Assert.Equal(records.Select((r, i) => i == 20 ? r.AsIntent() : r).Texts(), (await folder.ExportAsync()).Texts());
        Assert.Equal([$"{segment}.jsonl, line 42: the checksum does not fit"], Verification.Run(folder.Root).Differences);
    }

    [Theory]
    [InlineData('C', "no JSON")]
    [InlineData('O', "no JSON")]
    [InlineData('C', "{\"invocation_id\":\"x\",\"started_at\":\"2026-11-21T12:00:00Z\",\"outcome\":\"of a later version\"}")]
    [InlineData('O', "{\"invocation_id\":\"x\",\"started_at\":\"2026-11-21T12:00:00Z\",\"outcome\":\"of a later version\"}")]
    [InlineData('O', "{\"invocation_id\":7}")]
    [InlineData('X', "{}")]
    public async Task ALineThatIsNoRecordThoughItsChecksumFitsStopsNothing(char kind, string json)
    {
        using var folder = new LedgerFolder();
        await folder.WriteAsync(Records(3));
        var segment = folder.Journal.Segments()[^1];
        var rest = $" {kind} {json}";
        await File.AppendAllTextAsync(folder.NewestSegment, Crc32.Compute(Encoding.UTF8.GetBytes(rest)).ToString("x8", CultureInfo.InvariantCulture) + rest + "\n");
        folder.DeleteDatabase();

        await using (var ledger = folder.Open())
        {
            Assert.Equal(1, ledger.Health.CorruptLines);
            ledger.Write([Records(4)[3]]);
        }

        Assert.Equal(Records(4).Texts(), (await folder.ExportAsync()).Texts());
        Assert.StartsWith($"{segment}.jsonl, line 7: ", Assert.Single(Verification.Run(folder.Root).Differences), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE FROM invocations WHERE id = 7", "in the journal but not in the database")]
    [InlineData("UPDATE invocations SET record = (SELECT record FROM invocations WHERE id = 1) WHERE id = 7", "differs")]
    [InlineData("UPDATE sums SET sums = CAST(X'08' || substr(sums, 2) AS BLOB) WHERE width = 4", "are not those of its invocations")]
    [InlineData("DELETE FROM sums", "are missing")]
    public async Task WhatWasTamperedWithIsReported(string tampering, string report)
    {
        using var folder = new LedgerFolder();
        await folder.WriteAsync(Records(20));
        using (var connection = Database.OpenForWriting(folder.Root))
            connection.Run(tampering);

        Assert.Contains(Verification.Run(folder.Root).Differences, d => d.Contains(report, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ALedgerThatIsBeingWrittenVerifies()
    {
        using var folder = new LedgerFolder();
        await using var ledger = folder.Open();
        var writer = new Thread(() => ledger.Write(Records(2_000)));
        writer.Start();
        while (writer.IsAlive)
            await folder.VerifyAsync();
        await ledger.FlushAsync(TestContext.Current.CancellationToken);
        await folder.VerifyAsync();
    }

    private static List<InvocationRecord> Records(int count)
    {
        var random = new RandomInvocations(6, new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero));
        return [.. Enumerable.Range(0, count).Select(_ => random.Closed())];
    }
}
