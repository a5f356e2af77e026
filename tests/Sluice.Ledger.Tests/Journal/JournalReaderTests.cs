using System.Buffers;
using System.Text;
using Sluice.Core.Invocations;
using Sluice.Ledger.Journal;
using Sluice.Ledger.Tests.Harness;

namespace Sluice.Ledger.Tests.Journal;

public sealed class JournalReaderTests
{
    [Fact]
    public void ALineTooLongForAnyRecordIsPassedOverInBoundedMemory()
    {
        using var folder = new LedgerFolder();
        var good = Line("good");
        Segment(folder, "20261121T120000-000000", [.. good, .. new byte[10_000], (byte)'\n', .. good]);
        Segment(folder, "20261121T120001-000000", good);
        using var reader = new JournalReader(folder.Journal, maxLineBytes: 1024);

        var (kinds, end) = ReadAll(reader, 1 << 20);

        Assert.Equal([JournalLineKind.Close, JournalLineKind.Close, JournalLineKind.Close], kinds.Where(k => k != JournalLineKind.Corrupt));
        Assert.Contains(JournalLineKind.Corrupt, kinds);
        Assert.Equal(new JournalPosition("20261121T120001-000000", good.Length), end);
    }

    [Fact]
    public void ATornLastLineWaitsInTheNewestSegmentAndIsPassedOverInAnOlder()
    {
        using var folder = new LedgerFolder();
        var good = Line("good");
        Segment(folder, "20261121T120000-000000", [.. good, .. good[..30]]);
        using var reader = new JournalReader(folder.Journal);

        var (_, torn) = ReadAll(reader, 1 << 20);
        Segment(folder, "20261121T120001-000000", good);
        var (kinds, end) = ReadAll(reader, 1 << 20);

        Assert.Equal(new JournalPosition("20261121T120000-000000", good.Length), torn);
        Assert.Equal([JournalLineKind.Close, JournalLineKind.Close], kinds);
        Assert.Equal(new JournalPosition("20261121T120001-000000", good.Length), end);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(100_000)]
    public void BatchesOfAnySizeVisitEveryLineOfPlainAndCompressedSegmentsOnce(int batchBytes)
    {
        using var folder = new LedgerFolder();
        var random = new Random(batchBytes);
        var expected = new List<string>();
        for (var segment = 0; segment < 4; segment++)
        {
            var bytes = new List<byte>();
            for (var i = random.Next(0, 60); i > 0; i--)
            {
                expected.Add($"{segment}-{i}");
                bytes.AddRange(Line(expected[^1]));
            }
            Segment(folder, $"20261121T12000{segment}-000000", [.. bytes], isCompressed: segment % 2 == 0);
        }
        using var reader = new JournalReader(folder.Journal);
        var seen = new List<string>();
        var position = JournalPosition.Beginning;
        for (var isDone = false; !isDone;)
        {
            var next = reader.Read(position, batchBytes, entry => seen.Add(InvocationJson.Read(entry.Json).InvocationId));
            isDone = next == position;
            position = next;
        }

        Assert.Equal(expected, seen);
    }

    [Fact]
    public void EveryDamagedByteOfALineIsNoticed()
    {
        var line = Line("good")[..^1];
        Assert.Equal(JournalLineKind.Close, JournalLine.Read(line, out _));
        for (var i = 0; i < line.Length; i++)
        {
            var damaged = (byte[])line.Clone();
            damaged[i] ^= 0x20;
            // The checksum's own digits may be of either case.
            if (i >= 8 || !char.IsAsciiLetter((char)line[i]))
                Assert.Equal(JournalLineKind.Corrupt, JournalLine.Read(damaged, out _));
            Assert.NotEqual(JournalLineKind.Open, JournalLine.Read(line.AsSpan(0, i), out _));
        }
    }

    [Fact]
    public void RandomBytesAreNeverAnException()
    {
        var random = new Random(3);
        for (var i = 0; i < 100; i++)
        {
            using var folder = new LedgerFolder();
            var bytes = new byte[random.Next(3_000)];
            random.NextBytes(bytes);
            File.WriteAllBytes(Path.Combine(folder.Root, "any"), bytes);
            Directory.CreateDirectory(folder.Journal.Path);
            File.WriteAllBytes(i % 2 == 0 ? folder.Journal.FileOf("20261121T120000-000000") : folder.Journal.CompressedFileOf("20261121T120000-000000"), bytes);
            using var reader = new JournalReader(folder.Journal);

            var (kinds, _) = ReadAll(reader, 1 << 20);

            Assert.DoesNotContain(JournalLineKind.Open, kinds);
            Assert.DoesNotContain(JournalLineKind.Close, kinds);
        }
    }

    private static (List<JournalLineKind> Kinds, JournalPosition End) ReadAll(JournalReader reader, long batchBytes)
    {
        var kinds = new List<JournalLineKind>();
        var end = reader.Read(JournalPosition.Beginning, batchBytes, entry => kinds.Add(entry.Kind));
        return (kinds, end);
    }

    private static void Segment(LedgerFolder folder, string name, byte[] bytes, bool isCompressed = false)
    {
        Directory.CreateDirectory(folder.Journal.Path);
        if (!isCompressed)
        {
            File.WriteAllBytes(folder.Journal.FileOf(name), bytes);
            return;
        }
        using var file = new System.IO.Compression.GZipStream(File.Create(folder.Journal.CompressedFileOf(name)), System.IO.Compression.CompressionLevel.Fastest);
        file.Write(bytes);
    }

    private static byte[] Line(string id)
    {
        var buffer = new ArrayBufferWriter<byte>();
        JournalLine.Write(buffer, JournalLineKind.Close, new InvocationRecord { InvocationId = id, StartedAt = DateTimeOffset.UnixEpoch, Operation = Operation.Converse });
        return buffer.WrittenSpan.ToArray();
    }
}
