using System.Buffers;
using BenchmarkDotNet.Attributes;
using Sluice.Bedrock.Replies;
using Sluice.Bedrock.Requests;
using Sluice.Benchmarks.EventStreams;
using Sluice.Core.Invocations;

namespace Sluice.Benchmarks.Replies;

/// <summary>Usage out of one whole reply, in the chunks that a socket brings.</summary>
[MemoryDiagnoser]
public class ReplyMeterBenchmarks
{
    private const int ChunkBytes = 16 * 1024;

    private readonly RequestFacts _facts = RequestReader.Read(Operation.Converse, "anthropic.claude-haiku-4-5-20251001-v1:0", _ => null,
        """{"messages":[{"role":"user","content":[{"text":"Hello"}]}]}"""u8);

    private byte[] _plain1Kb = [];
    private byte[] _plain100Kb = [];
    private byte[] _stream = [];

    [GlobalSetup]
    public void Setup()
    {
        _plain1Kb = CannedReply.Converse(1024);
        _plain100Kb = CannedReply.Converse(100 * 1024);
        var output = new ArrayBufferWriter<byte>();
        StreamedReply.Write(output);
        _stream = output.WrittenSpan.ToArray();
    }

    [Benchmark]
    public long Plain1Kb() => Read(Operation.Converse, ReplyFraming.Json, _plain1Kb);

    [Benchmark]
    public long Plain100Kb() => Read(Operation.Converse, ReplyFraming.Json, _plain100Kb);

    /// <summary>403 frames, 77 KB.</summary>
    [Benchmark]
    public long Streamed() => Read(Operation.ConverseStream, ReplyFraming.EventStream, _stream);

    private long Read(Operation operation, ReplyFraming framing, ReadOnlySpan<byte> reply)
    {
        using var meter = ReplyMeter.Create(operation, Dialect.Converse, framing, _facts);
        while (!reply.IsEmpty)
        {
            var chunk = reply[..Math.Min(ChunkBytes, reply.Length)];
            meter.Append(chunk);
            reply = reply[chunk.Length..];
        }
        return meter.Finish(_ => null).Usage is { Output: 400 } usage
            ? usage.Output
            : throw new InvalidOperationException("The usage was not found.");
    }
}
