using System.Text;
using BenchmarkDotNet.Attributes;
using Sluice.Bedrock.Requests.Outlines;
using Sluice.Core.Invocations;
using Sluice.Gateway.Levers.Marking;
using Sluice.Gateway.Levers.Marking.Drift;
using Sluice.Gateway.Levers.Marking.Normalising;

namespace Sluice.Benchmarks.Gateway;

/// <summary>
/// What a call costs whose beginning the cache does not have: looking for why, which happens when the reply has ended, and
/// writing it in one form, which happens before it leaves. Most of the body is system prompt, the dearest case.
/// </summary>
[MemoryDiagnoser]
public class PrefixDriftBenchmarks
{
    private static readonly CachePartition Partition = new("key", "app", "model", "region", "profile");
    private static readonly CacheRules Rules = new() { MinimumTokens = 1024, ReadMultiplier = 0.1, ShortWriteMultiplier = 1.25 };

    private readonly PrefixDrift _drift = new();
    private byte[] _body = [];
    private PromptOutline _outline = null!;
    private PromptSpan[] _spans = [];

    [Params(10, 100)]
    public int Kilobytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var rules = new StringBuilder();
        for (var i = 0; rules.Length < Kilobytes * 1000; i++)
            rules.Append("Rule ").Append(i).Append(":  answers about orders name the order, its state and its day.\\n");
        _body = Encoding.UTF8.GetBytes($$"""{"system":[{"text":"It is 2026-11-21T12:00:00Z. {{rules}}"}],"messages":[{"role":"user","content":[{"text":"Where is my order?"}]}]}""");
        _outline = PromptOutline.Read(Dialect.Converse, _body);
        _spans = [new PromptSpan(1, _body.Length / 4), new PromptSpan(2, _body.Length / 4)];
    }

    [GlobalCleanup]
    public void Cleanup() => _outline.Dispose();

    [Benchmark]
    public void Observe() => _drift.Observe(_outline, _body, new DriftSighting(Partition, _spans, 0, 0, Rules, 3e-6m, DateTimeOffset.UnixEpoch));

    [Benchmark]
    public void Normalise() => PromptNormaliser.Apply(NormaliseKinds.Whitespace | NormaliseKinds.ToolKeyOrder | NormaliseKinds.ToolOrder, _outline, _body)?.Dispose();
}
