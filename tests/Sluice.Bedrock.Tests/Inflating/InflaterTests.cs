using System.IO.Compression;
using System.Text;
using Sluice.Bedrock.Inflating;
using Sluice.Bedrock.Replies;
using Sluice.Bedrock.Tests.Replies;
using Sluice.Core.Metering;

namespace Sluice.Bedrock.Tests.Inflating;

public sealed class InflaterTests
{
    public static TheoryData<string> Codings => ["gzip", "x-gzip", "GZIP", "deflate", "raw-deflate", "br", "zstd"];

    [Theory]
    [MemberData(nameof(Codings))]
    public void AnyChunkingGivesTheBytesBack(string coding)
    {
        var random = new Random(coding.Length);
        foreach (var length in (int[])[0, 1, 100, 33_000, 400_000])
        {
            var plain = new byte[length];
            for (var i = 0; i < length; i++)
                plain[i] = (byte)('a' + random.Next(1 + (i % 20)));
            var packed = Pack(coding, plain);
            Assert.Equal(plain, Inflate(coding, ReplyMeterPropertyTests.CutAtRandom(packed, random)));
            Assert.Equal(plain, Inflate(coding, [packed]));
            if (length < 1_000)
                Assert.Equal(plain, Inflate(coding, [.. packed.Select(b => new[] { b })]));
        }
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void ACompressedReplyReadsAsThePlainOneDoes(string coding)
    {
        foreach (var name in (string[])["Converse/plain", "Converse/stream", "Anthropic/messages_stream", "OpenAi/chat_stream_with_usage", "Image/nova_canvas"])
        {
            var golden = GoldenCase.Load(name);
            var packed = Pack(coding, golden.Reply);
            using var meter = ReplyMeter.Create(golden.Operation, golden.Facts.Dialect, golden.Framing, golden.Facts, NameOf(coding));
            foreach (var chunk in ReplyMeterPropertyTests.CutAtRandom(packed, new Random(5)))
                meter.Append(chunk);
            Assert.Equal(golden.Read(golden.Reply), meter.Finish(golden.Header()));
        }
    }

    /// <summary>The reply as it was cut is what was read of it.</summary>
    [Theory]
    [MemberData(nameof(Codings))]
    public void ACutOffCompressedReplyIsNeverMeasured(string coding)
    {
        var golden = GoldenCase.Load("Converse/stream");
        var packed = Pack(coding, golden.Reply);
        for (var length = 0; length < packed.Length - 12; length += 7)
        {
            using var meter = ReplyMeter.Create(golden.Operation, golden.Facts.Dialect, golden.Framing, golden.Facts, NameOf(coding));
            meter.Append(packed.AsSpan(0, length));
            var reading = meter.Finish(golden.Header());
            Assert.True(reading.Usage!.Source == UsageSource.Estimated || reading.Ended, $"{length} of {packed.Length}");
        }
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void DamagedBytesNeverThrow(string coding)
    {
        var random = new Random(7);
        var packed = Pack(coding, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 2_000))));
        for (var round = 0; round < 300; round++)
        {
            var damaged = packed.ToArray();
            for (var i = 0; i < 3; i++)
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            Inflate(coding, ReplyMeterPropertyTests.CutAtRandom(damaged, random));
        }
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public void ABodyThatBlowsUpIsGivenUp(string coding)
    {
        var bomb = Pack(coding, new byte[8 * 1024 * 1024]);
        Assert.True(bomb.Length < 16 * 1024);
        using var inflater = Inflater.Of(NameOf(coding), maxBytes: 100_000)!;
        inflater.Feed(bomb);
        var read = 0L;
        while (inflater.TryRead(out var bytes))
            read += bytes.Length;
        Assert.True(inflater.IsUnreadable && read <= 100_000, $"{read} bytes");
        Assert.Null(Inflater.Whole(NameOf(coding), bomb, 100_000));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("identity")]
    public void WhatIsNotCompressedNeedsNoInflater(string? coding) => Assert.Null(Inflater.Of(coding));

    [Theory]
    [InlineData("compress")]
    [InlineData("gzip, br")]
    [InlineData("aws-chunked")]
    public void ACodingThatIsNotKnownLeavesTheUsageToTheHeaders(string coding)
    {
        var golden = GoldenCase.Load("Anthropic/invoke_cache_read");
        ReplyReading Read(Func<string, string?> header)
        {
            using var meter = ReplyMeter.Create(golden.Operation, golden.Facts.Dialect, golden.Framing, golden.Facts, coding);
            meter.Append([1, 2, 3]);
            return meter.Finish(header);
        }
        Assert.Equal((null, true, true, false), (Read(_ => null).Usage, Read(_ => null).IsUnreadable, Read(_ => null).Ended, Read(_ => null).Corrupt));
        var told = Read(name => name.EndsWith("-Input-Token-Count", StringComparison.Ordinal) && !name.Contains("Cache", StringComparison.Ordinal) ? "12" : name.EndsWith("Output-Token-Count", StringComparison.Ordinal) ? "3" : null);
        Assert.Equal((12L, 3L), (told.Usage!.Input, told.Usage.Output));
    }

    internal static byte[] Pack(string coding, byte[] plain)
    {
        if (coding == "zstd")
        {
            using var compressor = new ZstdSharp.Compressor();
            return compressor.Wrap(plain).ToArray();
        }
        using var packed = new MemoryStream();
        using (Stream stream = coding.ToLowerInvariant() switch
        {
            "deflate" => new ZLibStream(packed, CompressionMode.Compress),
            "raw-deflate" => new DeflateStream(packed, CompressionMode.Compress),
            "br" => new BrotliStream(packed, CompressionMode.Compress),
            _ => new GZipStream(packed, CompressionMode.Compress),
        })
            stream.Write(plain);
        return packed.ToArray();
    }

    private static string NameOf(string coding) => coding == "raw-deflate" ? "deflate" : coding;

    private static byte[] Inflate(string coding, IEnumerable<byte[]> chunks)
    {
        using var inflater = Inflater.Of(NameOf(coding))!;
        using var whole = new MemoryStream();
        foreach (var chunk in chunks)
        {
            inflater.Feed(chunk);
            while (inflater.TryRead(out var bytes))
                whole.Write(bytes);
        }
        return whole.ToArray();
    }
}
