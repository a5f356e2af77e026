using System.Buffers;
using System.Text;
using Sluice.Bedrock.EventStreams;
using Sluice.Bedrock.Replies;
using Sluice.Bedrock.Requests;
using Sluice.Core.Invocations;
using Sluice.Core.Metering;
using Sluice.Testing;

namespace Sluice.Bedrock.Tests.Replies;

public sealed class ReplyMeterAllocationTests
{
    private const string ClaudeDelta = """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Some \"words\" of \u00e9 reply"}}""";

    [Fact]
    public void ConverseStreamAllocatesNothingAChunk() => AssertNoAllocation(Operation.ConverseStream, Dialect.Converse, ReplyFraming.EventStream,
        Frame("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":" of a reply"},"p":"abcdefghij"}"""));

    [Fact]
    public void InvokeModelStreamAllocatesNothingAChunk() => AssertNoAllocation(
        Operation.InvokeModelWithResponseStream, Dialect.Anthropic, ReplyFraming.EventStream,
        Frame("chunk", $$"""{"bytes":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(ClaudeDelta))}}","p":"abcd"}"""));

    [Fact]
    public void MessagesStreamAllocatesNothingAChunk() => AssertNoAllocation(Operation.Messages, Dialect.Anthropic, ReplyFraming.ServerSentEvents,
        Encoding.UTF8.GetBytes($"event: content_block_delta\ndata: {ClaudeDelta}\n\n"));

    [Fact]
    public void ChatStreamAllocatesNothingAChunk() => AssertNoAllocation(Operation.ChatCompletions, Dialect.OpenAi, ReplyFraming.ServerSentEvents,
        Encoding.UTF8.GetBytes("""data: {"id":"1","model":"m","service_tier":"default","choices":[{"delta":{"content":"hi"},"finish_reason":null}],"usage":{"prompt_tokens":1,"completion_tokens":2}}""" + "\n\n"));

    [Fact]
    public void AReplyOfManyMegabytesOfImagesTakesNoMoreMemory()
    {
        var facts = new RequestFacts { Dialect = Dialect.Image };
        var chunk = Encoding.ASCII.GetBytes(new string('A', 64 * 1024));
        using var meter = ReplyMeter.Create(Operation.InvokeModel, Dialect.Image, ReplyFraming.Json, facts);
        var before = GC.GetAllocatedBytesForCurrentThread();
        meter.Append("{\"images\":["u8);
        for (var image = 0; image < 5; image++)
        {
            meter.Append(image == 0 ? "\""u8 : ",\""u8);
            for (var i = 0; i < 160; i++)
                meter.Append(chunk);
            meter.Append("\""u8);
        }
        meter.Append("]}"u8);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        var usage = meter.Finish(_ => null).Usage!;
        Assert.Equal((5m, UsageSource.Measured), (usage.Count(UsageKind.OutputImage), usage.Source));
    }

    private static byte[] Frame(string eventType, string payload)
    {
        var output = new ArrayBufferWriter<byte>();
        EventStreamEncoder.WriteEvent(output, Encoding.ASCII.GetBytes(eventType), Encoding.UTF8.GetBytes(payload));
        return output.WrittenSpan.ToArray();
    }

    private static void AssertNoAllocation(Operation operation, Dialect dialect, ReplyFraming framing, byte[] piece)
    {
        // Chunks of a prime length, so that pieces straddle chunks in every way.
        var stream = Enumerable.Repeat(piece, 200).SelectMany(b => b).ToArray();
        using var meter = ReplyMeter.Create(operation, dialect, framing, new RequestFacts { Dialect = dialect });
        Assert.Equal(0, Allocations.Of(() => Feed(meter, stream)));
        Assert.True(meter.Finish(_ => null).Usage is { Output: > 1 });
    }

    private static void Feed(ReplyMeter meter, ReadOnlySpan<byte> stream)
    {
        for (; !stream.IsEmpty; stream = stream[Math.Min(1021, stream.Length)..])
            meter.Append(stream[..Math.Min(1021, stream.Length)]);
    }
}
