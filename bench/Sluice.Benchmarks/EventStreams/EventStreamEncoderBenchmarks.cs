using System.Buffers;
using BenchmarkDotNet.Attributes;

namespace Sluice.Benchmarks.EventStreams;

/// <summary>The figures are for one frame.</summary>
[MemoryDiagnoser]
public class EventStreamEncoderBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new(256 * 1024);

    [Benchmark(OperationsPerInvoke = StreamedReply.Frames)]
    public int Encode()
    {
        _output.ResetWrittenCount();
        StreamedReply.Write(_output);
        return _output.WrittenCount;
    }
}
