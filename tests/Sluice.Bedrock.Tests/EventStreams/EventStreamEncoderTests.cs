using System.Buffers;
using System.Text;
using Sluice.Testing;

namespace Sluice.Bedrock.EventStreams;

public sealed class EventStreamEncoderTests
{
    [Fact]
    public void WritesAnEventAsBedrockDoes()
    {
        var output = new ArrayBufferWriter<byte>();
        EventStreamEncoder.WriteEvent(output, "messageStart"u8, """{"role":"assistant"}"""u8);
        Assert.Equal(Frames.MessageStart, output.WrittenSpan.ToArray());
    }

    [Fact]
    public void WritesAnExceptionAsBedrockDoes()
    {
        var output = new ArrayBufferWriter<byte>();
        EventStreamEncoder.WriteException(output, "throttlingException"u8,
            """{"message":"Too many requests, please wait before trying again."}"""u8);
        Assert.Equal(Frames.Throttling, output.WrittenSpan.ToArray());
    }

    [Fact]
    public void WritesBackTheFrameThatBedrockSent()
    {
        using var decoder = new EventStreamDecoder();
        ReadOnlySpan<byte> input = Frames.RealChunk;
        Assert.True(decoder.TryRead(ref input, out var frame));
        var output = new ArrayBufferWriter<byte>();
        EventStreamEncoder.Write(output, frame.Headers.Bytes, frame.Payload);
        EventStreamEncoder.WriteEvent(output, frame.EventType, frame.Payload);
        Assert.Equal([.. Frames.RealChunk, .. Frames.RealChunk], output.WrittenSpan.ToArray());
    }

    [Fact]
    public void WhatIsWrittenIsReadBack()
    {
        var random = new Random(20261121);
        for (var round = 0; round < 2000; round++)
        {
            var headers = new ArrayBufferWriter<byte>();
            var written = new List<string>();
            for (var i = random.Next(12); i > 0; i--)
                written.Add(WriteRandomHeader(headers, random));
            var payload = new byte[random.Next(500)];
            random.NextBytes(payload);
            var stream = new ArrayBufferWriter<byte>();
            EventStreamEncoder.Write(stream, headers.WrittenSpan, payload);

            using var decoder = new EventStreamDecoder();
            var split = random.Next(stream.WrittenCount + 1);
            var chunk = stream.WrittenSpan[..split];
            if (!decoder.TryRead(ref chunk, out var frame))
            {
                chunk = stream.WrittenSpan[split..];
                Assert.True(decoder.TryRead(ref chunk, out frame));
            }

            var read = new List<string>();
            foreach (var header in frame.Headers)
                read.Add(Describe(header));
            Assert.Equal(EventStreamError.None, frame.Error);
            Assert.Equal(payload, frame.Payload.ToArray());
            Assert.Equal(written, read);
        }
    }

    [Fact]
    public void RefusesWhatAReaderWouldRefuse()
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Throws<ArgumentException>(() => EventHeaderEncoder.WriteBoolean(output, [], true));
        Assert.Throws<ArgumentException>(() => EventHeaderEncoder.WriteBoolean(output, new byte[256], true));
        Assert.Throws<ArgumentException>(() => EventHeaderEncoder.WriteBytes(output, "a"u8, new byte[32_768]));
        Assert.Throws<ArgumentException>(() => EventStreamEncoder.Write(output, new byte[EventStreamLimits.MaxHeadersBytes + 1], []));
        Assert.Throws<ArgumentException>(() => EventStreamEncoder.Write(output, [], new byte[EventStreamLimits.MaxPayloadBytes + 1]));
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void AllocatesNothingPerEvent()
    {
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        Assert.Equal(0, Allocations.Of(() =>
        {
            output.ResetWrittenCount();
            for (var i = 0; i < 100; i++)
                EventStreamEncoder.WriteEvent(output, "chunk"u8, """{"bytes":"e30=","p":"abc"}"""u8);
        }));
    }

    private static string WriteRandomHeader(ArrayBufferWriter<byte> output, Random random)
    {
        var name = new byte[random.Next(1, 256)];
        random.NextBytes(name);
        var bytes = new byte[random.Next(40)];
        random.NextBytes(bytes);
        var number = random.NextInt64(long.MinValue, long.MaxValue);
        var type = (EventHeaderType)random.Next(10);
        switch (type)
        {
            case EventHeaderType.True: EventHeaderEncoder.WriteBoolean(output, name, true); break;
            case EventHeaderType.False: EventHeaderEncoder.WriteBoolean(output, name, false); break;
            case EventHeaderType.Int8: EventHeaderEncoder.WriteInt8(output, name, unchecked((sbyte)number)); break;
            case EventHeaderType.Int16: EventHeaderEncoder.WriteInt16(output, name, unchecked((short)number)); break;
            case EventHeaderType.Int32: EventHeaderEncoder.WriteInt32(output, name, unchecked((int)number)); break;
            case EventHeaderType.Int64: EventHeaderEncoder.WriteInt64(output, name, number); break;
            case EventHeaderType.Bytes: EventHeaderEncoder.WriteBytes(output, name, bytes); break;
            case EventHeaderType.Text: EventHeaderEncoder.WriteText(output, name, bytes); break;
            case EventHeaderType.Timestamp: EventHeaderEncoder.WriteTimestamp(output, name, number); break;
            case EventHeaderType.Uuid: EventHeaderEncoder.WriteUuid(output, name, new Guid(1, 2, 3, new byte[8])); break;
        }
        object value = type switch
        {
            EventHeaderType.True => true,
            EventHeaderType.False => false,
            EventHeaderType.Int8 => (long)unchecked((sbyte)number),
            EventHeaderType.Int16 => (long)unchecked((short)number),
            EventHeaderType.Int32 => (long)unchecked((int)number),
            EventHeaderType.Int64 or EventHeaderType.Timestamp => number,
            EventHeaderType.Uuid => new Guid(1, 2, 3, new byte[8]),
            EventHeaderType.Text => Encoding.UTF8.GetString(bytes),
            _ => Convert.ToHexString(bytes),
        };
        return $"{Convert.ToHexString(name)} {type} {value}";
    }

    private static string Describe(EventHeader header)
    {
        object value = header.Type switch
        {
            EventHeaderType.True or EventHeaderType.False => header.GetBoolean(),
            EventHeaderType.Uuid => header.GetUuid(),
            EventHeaderType.Text => header.GetText(),
            EventHeaderType.Bytes => Convert.ToHexString(header.Value),
            _ => header.GetInteger(),
        };
        return $"{Convert.ToHexString(header.Name)} {header.Type} {value}";
    }
}
