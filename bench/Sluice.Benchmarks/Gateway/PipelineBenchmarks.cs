using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Requests;
using Sluice.Benchmarks.Replies;
using Sluice.Core.Invocations;
using Sluice.Core.Pricing;
using Sluice.Gateway;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Keys;
using Sluice.Gateway.Stages.Identifying;
using Sluice.Gateway.Stages.Recording;
using Sluice.Gateway.Stages.Retrying;
using Sluice.Gateway.Upstreams;

namespace Sluice.Benchmarks.Gateway;

/// <summary>
/// One plain call through every stage but the last, which answers from memory: what the pipeline itself costs, without
/// sockets on either side and with a ledger that forgets.
/// </summary>
[MemoryDiagnoser]
public class PipelineBenchmarks
{
    private const string Model = "anthropic.claude-haiku-4-5-20251001-v1:0";

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("sluice-bench-");
    private readonly GatewayMetrics _metrics = new();
    private readonly Upstream _upstream = new(
        new UpstreamOptions { Name = "none", Kind = UpstreamKind.Url, BaseAddress = new Uri("http://127.0.0.1:9") }, new PassThroughAuthorizer());

    private readonly byte[] _body = CannedReply.ConverseRequest(1024);
    private Pipeline _pipeline = null!;
    private string _token = "";

    [GlobalSetup]
    public void Setup()
    {
        var keys = KeyRing.Open(_data.FullName, TimeProvider.System);
        _token = keys.Create(ImmutableSortedDictionary<string, string>.Empty.Add("app", "bench").Add("team", "platform"), admin: false).Token;
        var models = new ModelResolver(new Dictionary<string, string>(StringComparer.Ordinal), TimeProvider.System, NullLogger<ModelResolver>.Instance);
        var record = new RecordOptions();
        var recorder = new Recorder(new ForgetfulLedger(), PriceBook.Default, models, record, _metrics, TimeProvider.System, NullLogger<Recorder>.Instance);
        _pipeline = new Pipeline(
        [
            new IdentifyStage(keys, AuthMode.Required, TimeProvider.System, NullLogger<IdentifyStage>.Instance),
            new RecordStage(recorder, record, NullLogger<RecordStage>.Instance),
            new RetryStage(new RetryOptions(), TimeProvider.System, new Random(1)),
            new AnswerStage(CannedReply.Converse(1024)),
        ]);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _metrics.Dispose();
        _upstream.Dispose();
        _data.Delete(recursive: true);
    }

    [Benchmark]
    public async Task<int> Invoke()
    {
        var headers = new HeaderList { { "Host", "127.0.0.1" }, { "Content-Type", "application/json" }, { "Authorization", "Bearer " + _token } };
        using var lifetime = new InvocationLifetime(_upstream.Options.IdleLimit, _upstream.Options.DrainLimit, TimeProvider.System, CancellationToken.None);
        var now = TimeProvider.System.GetUtcNow();
        var invocation = new Invocation
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            StartedAt = now,
            StartTimestamp = TimeProvider.System.GetTimestamp(),
            Request = new InvocationRequest
            {
                Method = "POST",
                Target = RequestTarget.Of("/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/converse"),
                Operation = Operation.Converse,
                Model = ModelIdentifier.Parse(Model),
                Headers = headers,
                Body = _body,
                Facts = RequestReader.Read(Operation.Converse, Model, headers.First, _body),
            },
            Upstream = _upstream,
            Lifetime = lifetime,
        };
        await using var reply = await _pipeline.InvokeAsync(invocation, lifetime.Token);
        var bytes = 0;
        await foreach (var frame in reply.Frames)
            bytes += frame.Length;
        return reply.Headers["x-sluice-cost-usd"] is not null
            ? bytes
            : throw new InvalidOperationException($"The call was not priced: {reply.Status}.");
    }

    private sealed class ForgetfulLedger : ILedgerWriter
    {
        public void Open(InvocationRecord intent) { }

        public void Close(InvocationRecord record) { }
    }

    private sealed class AnswerStage(byte[] body) : IStage
    {
        public string Name => "answer";

        public ValueTask<Reply> InvokeAsync(Invocation invocation, Next next, CancellationToken cancellationToken)
        {
            invocation.Attempts.Begin(new AttemptRecord { Number = 1, StartedAt = invocation.StartedAt, Upstream = "none", Model = Model });
            invocation.Attempts.Update(invocation.Attempts.Current with { Status = 200, RequestId = "0f" });
            return ValueTask.FromResult(Reply.Plain(200, new HeaderList { { "Content-Type", "application/json" } }, body));
        }
    }
}
