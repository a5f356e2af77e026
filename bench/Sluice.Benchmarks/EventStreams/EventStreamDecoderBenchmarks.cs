using System.Buffers;
using BenchmarkDotNet.Attributes;
using Sluice.Bedrock.EventStreams;

namespace Sluice.Benchmarks.EventStreams;

/// <summary>The figures are for one frame; what a stream allocates once, the decoder itself, is spread over its frames.</summary>
[MemoryDiagnoser]
public class EventStreamDecoderBenchmarks
{
    private byte[] _stream = [];

    /// <summary>Bytes that arrive at once: about one packet, or one full TLS record.</summary>
    [Params(1_400, 16_384)]
    public int ChunkBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var output = new ArrayBufferWriter<byte>();
        StreamedReply.Write(output);
        _stream = output.WrittenSpan.ToArray();
    }

    [Benchmark(OperationsPerInvoke = StreamedReply.Frames)]
    public int Decode()
    {
        var frames = 0;
        using var decoder = new EventStreamDecoder();
        ReadOnlySpan<byte> rest = _stream;
        while (!rest.IsEmpty)
        {
            var chunk = rest[..Math.Min(ChunkBytes, rest.Length)];
            rest = rest[chunk.Length..];
            while (decoder.TryRead(ref chunk, out _))
                frames++;
        }
        return frames == StreamedReply.Frames
            ? frames
            : throw new InvalidOperationException($"{frames} frames came out of {StreamedReply.Frames}.");
    }
}
