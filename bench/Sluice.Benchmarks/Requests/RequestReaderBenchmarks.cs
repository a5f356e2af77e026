using BenchmarkDotNet.Attributes;
using Sluice.Bedrock.Requests;
using Sluice.Benchmarks.Replies;
using Sluice.Core.Invocations;

namespace Sluice.Benchmarks.Requests;

/// <summary>The one pass over a request's body before it leaves.</summary>
[MemoryDiagnoser]
public class RequestReaderBenchmarks
{
    private byte[] _body = [];

    [Params(1024, 100 * 1024)]
    public int BodyBytes { get; set; }

    [GlobalSetup]
    public void Setup() => _body = CannedReply.ConverseRequest(BodyBytes);

    [Benchmark]
    public RequestFacts Read() => RequestReader.Read(Operation.Converse, "anthropic.claude-haiku-4-5-20251001-v1:0", _ => null, _body);
}
