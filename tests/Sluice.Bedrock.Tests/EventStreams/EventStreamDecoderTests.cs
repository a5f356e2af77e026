using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Sluice.Core;
using Sluice.Testing;

namespace Sluice.Bedrock.EventStreams;

public sealed class EventStreamDecoderTests
{
    [Theory]
    [InlineData("all_headers")]
    [InlineData("empty_message")]
    [InlineData("int32_header")]
    [InlineData("payload_no_headers")]
    [InlineData("payload_one_str_header")]
    public void ReadsThePublishedVector(string name)
    {
        var bytes = File.ReadAllBytes(SharedFolder.Path($"vectors/eventstream/encoded/positive/{name}"));
        using var expected = JsonDocument.Parse(File.ReadAllText(SharedFolder.Path($"vectors/eventstream/decoded/positive/{name}")));
        using var decoder = new EventStreamDecoder();
        ReadOnlySpan<byte> input = bytes;

        Assert.True(decoder.TryRead(ref input, out var frame));

        Assert.Equal(EventStreamError.None, frame.Error);
        Assert.Equal(expected.RootElement.GetProperty("payload").GetBytesFromBase64(), frame.Payload.ToArray());
        var wanted = expected.RootElement.GetProperty("headers").EnumerateArray().ToList();
        var count = 0;
        foreach (var header in frame.Headers)
        {
            var want = wanted[count++];
            Assert.Equal(want.GetProperty("name").GetString(), Encoding.UTF8.GetString(header.Name));
            Assert.Equal(want.GetProperty("type").GetInt32(), (int)header.Type);
            var value = want.GetProperty("value");
            if (value.ValueKind is JsonValueKind.Number)
                Assert.Equal(value.GetInt64(), header.GetInteger());
            else if (value.ValueKind is JsonValueKind.String)
                Assert.Equal(value.GetBytesFromBase64(), header.Value.ToArray());
            else
                Assert.Equal(value.GetBoolean(), header.GetBoolean());
        }
        Assert.Equal(wanted.Count, count);
        Assert.True(input.IsEmpty);
        Assert.True(decoder.IsAtFrameBoundary);
    }

    [Theory]
    [InlineData("corrupted_header_len", EventStreamError.PreludeChecksum)]
    [InlineData("corrupted_length", EventStreamError.PreludeChecksum)]
    [InlineData("corrupted_headers", EventStreamError.MessageChecksum)]
    [InlineData("corrupted_payload", EventStreamError.MessageChecksum)]
    public void RefusesThePublishedCorruptVector(string name, EventStreamError error)
    {
        ReadOnlySpan<byte> input = File.ReadAllBytes(SharedFolder.Path($"vectors/eventstream/encoded/negative/{name}"));
        using var decoder = new EventStreamDecoder();

        var read = decoder.TryRead(ref input, out var frame);

        Assert.Equal(error, read ? frame.Error : decoder.Error);
        Assert.True(frame.Payload.IsEmpty && frame.Headers.Bytes.IsEmpty);
    }

    [Fact]
    public void ReadsAFrameCapturedFromBedrock()
    {
        using var decoder = new EventStreamDecoder();
        ReadOnlySpan<byte> input = Frames.RealChunk;

        Assert.True(decoder.TryRead(ref input, out var frame));

        Assert.Equal("chunk", Encoding.UTF8.GetString(frame.EventType));
        Assert.Equal("event", Encoding.UTF8.GetString(frame.MessageType));
        Assert.True(frame.ExceptionType.IsEmpty && frame.ErrorCode.IsEmpty);
        using var payload = JsonDocument.Parse(frame.Payload.ToArray());
        Assert.StartsWith("abcdefghijklmnop", payload.RootElement.GetProperty("p").GetString());
        Assert.Contains("\"role\":\"assistant\"", Encoding.UTF8.GetString(payload.RootElement.GetProperty("bytes").GetBytesFromBase64()));
    }

    [Fact]
    public void ReadsAnExceptionInTheStream()
    {
        using var decoder = new EventStreamDecoder();
        ReadOnlySpan<byte> input = Frames.Throttling;

        Assert.True(decoder.TryRead(ref input, out var frame));

        Assert.Equal("exception", Encoding.UTF8.GetString(frame.MessageType));
        Assert.Equal("throttlingException", Encoding.UTF8.GetString(frame.ExceptionType));
        Assert.True(frame.EventType.IsEmpty);
        Assert.Equal("""{"message":"Too many requests, please wait before trying again."}""", Encoding.UTF8.GetString(frame.Payload));
    }

    [Fact]
    public void GivesTheSameFramesWhateverTheChunks()
    {
        var random = new Random(20261121);
        for (var round = 0; round < 300; round++)
        {
            var stream = new ArrayBufferWriter<byte>();
            var payloads = new List<byte[]>();
            for (var i = random.Next(1, 8); i > 0; i--)
            {
                // Every few frames one is larger than the decoder's first rental.
                var payload = new byte[random.Next(4) == 0 ? random.Next(5000) : random.Next(60)];
                random.NextBytes(payload);
                payloads.Add(payload);
                EventStreamEncoder.WriteEvent(stream, "contentBlockDelta"u8, payload);
            }
            var read = new List<byte[]>();
            using var decoder = new EventStreamDecoder();
            for (var at = 0; at < stream.WrittenCount;)
            {
                var chunk = stream.WrittenSpan.Slice(at, Math.Min(random.Next(random.Next(2) == 0 ? 20 : 4000), stream.WrittenCount - at));
                at += chunk.Length;
                while (decoder.TryRead(ref chunk, out var frame))
                {
                    Assert.Equal(EventStreamError.None, frame.Error);
                    Assert.Equal("contentBlockDelta"u8.ToArray(), frame.EventType.ToArray());
                    read.Add(frame.Payload.ToArray());
                }
                Assert.True(chunk.IsEmpty);
            }
            Assert.True(decoder.IsAtFrameBoundary);
            Assert.Equal(payloads, read);
        }
    }

    [Fact]
    public void KnowsThatAStreamWasCutInsideAFrame()
    {
        for (var length = 1; length < Frames.MessageStart.Length; length++)
        {
            using var decoder = new EventStreamDecoder();
            ReadOnlySpan<byte> input = Frames.MessageStart.AsSpan(0, length).ToArray();
            Assert.False(decoder.TryRead(ref input, out _));
            Assert.False(decoder.IsAtFrameBoundary);
            Assert.Equal(EventStreamError.None, decoder.Error);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void GoesOnAfterAFrameWithAWrongChecksum(int chunkBytes)
    {
        var corrupt = Frames.RealChunk.ToArray();
        corrupt[150] ^= 0x10;
        byte[] stream = [.. Frames.MessageStart, .. corrupt, .. Frames.Throttling];

        var seen = Read(stream, chunkBytes, out var error);

        Assert.Equal([EventStreamError.None, EventStreamError.MessageChecksum, EventStreamError.None], seen);
        Assert.Equal(EventStreamError.None, error);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void EndsAtAWrongPrelude(int chunkBytes)
    {
        var corrupt = Frames.RealChunk.ToArray();
        corrupt[3] ^= 1;
        byte[] stream = [.. Frames.MessageStart, .. corrupt, .. Frames.Throttling];

        var seen = Read(stream, chunkBytes, out var error);

        Assert.Equal([EventStreamError.None], seen);
        Assert.Equal(EventStreamError.PreludeChecksum, error);
    }

    [Theory]
    [InlineData(16 + EventStreamLimits.MaxHeadersBytes + 1, EventStreamLimits.MaxHeadersBytes + 1, EventStreamError.HeadersTooLong)]
    [InlineData(16 + EventStreamLimits.MaxPayloadBytes + 1, 0, EventStreamError.PayloadTooLong)]
    public void SkipsAFrameOverTheLimitsAndGoesOn(int total, int headers, EventStreamError expected)
    {
        var tooLong = new byte[total];
        WritePrelude(tooLong, (uint)total, (uint)headers);
        byte[] stream = [.. Frames.MessageStart, .. tooLong, .. Frames.Throttling];

        Assert.Equal([EventStreamError.None, expected, EventStreamError.None], Read(stream, 10_007, out var error));
        Assert.Equal(EventStreamError.None, error);
    }

    [Fact]
    public void ReadsFramesAtTheLimits()
    {
        var headers = new ArrayBufferWriter<byte>();
        while (EventStreamLimits.MaxHeadersBytes - headers.WrittenCount > 40_000)
            EventHeaderEncoder.WriteBytes(headers, "h"u8, new byte[30_000]);
        EventHeaderEncoder.WriteBytes(headers, "h"u8, new byte[EventStreamLimits.MaxHeadersBytes - headers.WrittenCount - 5]);
        Assert.Equal(EventStreamLimits.MaxHeadersBytes, headers.WrittenCount);
        var stream = new ArrayBufferWriter<byte>();
        EventStreamEncoder.Write(stream, headers.WrittenSpan, new byte[EventStreamLimits.MaxPayloadBytes]);

        Assert.Equal([EventStreamError.None], Read(stream.WrittenSpan.ToArray(), 65_536, out _));
    }

    [Theory]
    [InlineData(15u, 0u)]
    [InlineData(0u, 0u)]
    [InlineData(20u, 5u)]
    [InlineData(uint.MaxValue, uint.MaxValue)]
    public void EndsAtLengthsThatContradictEachOther(uint total, uint headers)
    {
        var frame = new byte[64];
        WritePrelude(frame, total, headers);

        Assert.Empty(Read(frame, 5, out var error));
        Assert.Equal(EventStreamError.FrameLength, error);
    }

    [Theory]
    [InlineData("00")] // no name
    [InlineData("0141")] // no type
    [InlineData("01410A")] // unknown type
    [InlineData("014104000000")] // a byte short of an int32
    [InlineData("0141070005616263")] // text shorter than it says
    [InlineData("01410700")] // half a length
    [InlineData("FF4100")] // name past the end
    public void SkipsAFrameWithABadHeader(string headers)
    {
        var stream = new ArrayBufferWriter<byte>();
        EventStreamEncoder.Write(stream, Convert.FromHexString(headers), "{}"u8);
        stream.Write(Frames.MessageStart);

        Assert.Equal([EventStreamError.BadHeader, EventStreamError.None], Read(stream.WrittenSpan.ToArray(), 1000, out _));
    }

    [Fact]
    public void AnyFlippedBitIsNoticed()
    {
        for (var bit = 0; bit < Frames.RealChunk.Length * 8; bit++)
        {
            var corrupt = Frames.RealChunk.ToArray();
            corrupt[bit / 8] ^= (byte)(1 << (bit % 8));

            var seen = Read(corrupt, 64, out var error);

            Assert.DoesNotContain(EventStreamError.None, seen);
            Assert.True(seen.Count == 1 ^ error is not EventStreamError.None, $"bit {bit}");
        }
    }

    [Fact]
    public void SurvivesRandomBytesBehindAValidPrelude()
    {
        var random = new Random(7);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = new byte[random.Next(12, 200)];
            random.NextBytes(bytes);
            var total = random.Next(3) switch { 0 => (uint)bytes.Length, 1 => (uint)random.Next(300), _ => unchecked((uint)random.Next()) };
            WritePrelude(bytes, total, (uint)random.Next(0, 80));
            if (total == bytes.Length)
                BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(^4), Crc32.Compute(bytes.AsSpan(..^4)));

            var seen = Read(bytes, random.Next(1, 100), out _);

            Assert.InRange(seen.Count, 0, 2);
        }
    }

    [Fact]
    public void AllocatesNothingPerFrame()
    {
        var stream = new ArrayBufferWriter<byte>();
        for (var i = 0; i < 100; i++)
            stream.Write(i % 2 == 0 ? Frames.RealChunk : Frames.MessageStart);
        using var decoder = new EventStreamDecoder();
        Assert.Equal(100, CountEvents(decoder, stream.WrittenSpan, 61));

        var events = 0;
        Assert.Equal(0, Allocations.Of(() => events = CountEvents(decoder, stream.WrittenSpan, 61) + CountEvents(decoder, stream.WrittenSpan, 8192)));
        Assert.Equal(200, events);
    }

    private static int CountEvents(EventStreamDecoder decoder, ReadOnlySpan<byte> stream, int chunkBytes)
    {
        var events = 0;
        while (!stream.IsEmpty)
        {
            var chunk = stream[..Math.Min(chunkBytes, stream.Length)];
            stream = stream[chunk.Length..];
            while (decoder.TryRead(ref chunk, out var frame))
            {
                if (frame.MessageType.SequenceEqual("event"u8))
                    events++;
            }
        }
        return events;
    }

    /// <summary>Feeds a stream in chunks of one size and lists each frame's error; checks that every call moves on.</summary>
    private static List<EventStreamError> Read(byte[] stream, int chunkBytes, out EventStreamError error)
    {
        using var decoder = new EventStreamDecoder();
        var seen = new List<EventStreamError>();
        for (var at = 0; at < stream.Length; at += chunkBytes)
        {
            // A copy of exactly the chunk, so that a read past its end would throw.
            ReadOnlySpan<byte> chunk = stream.AsSpan(at, Math.Min(chunkBytes, stream.Length - at)).ToArray();
            while (decoder.TryRead(ref chunk, out var frame))
            {
                seen.Add(frame.Error);
                foreach (var header in frame.Headers)
                    _ = header.Value.Length + header.Name.Length;
                Assert.True(seen.Count <= stream.Length / 16 + 1, "The decoder gives frames without using input.");
            }
            Assert.True(chunk.IsEmpty);
        }
        error = decoder.Error;
        return seen;
    }

    private static void WritePrelude(Span<byte> frame, uint total, uint headers)
    {
        BinaryPrimitives.WriteUInt32BigEndian(frame, total);
        BinaryPrimitives.WriteUInt32BigEndian(frame[4..], headers);
        BinaryPrimitives.WriteUInt32BigEndian(frame[8..], Crc32.Compute(frame[..8]));
    }
}
