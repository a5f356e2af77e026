using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Requests;
using Sluice.Benchmarks.Replies;
using Sluice.Core;
using Sluice.Core.Budgets;
using Sluice.Core.Invocations;
using Sluice.Core.Pricing;
using Sluice.Gateway;
using Sluice.Gateway.Keys;
using Sluice.Gateway.Stages.Budgeting;
using Sluice.Gateway.Stages.Identifying;
using Sluice.Gateway.Stages.Limiting;
using Sluice.Gateway.Stages.Recording;
using Sluice.Gateway.Stages.Retrying;
using Sluice.Gateway.Upstreams;
using Sluice.Ledger.Budgets;

namespace Sluice.Benchmarks.Gateway;

/// <summary>
/// One plain call through every stage but the last, which answers from memory: what the pipeline itself costs, without
/// sockets on either side and with a ledger that forgets; alone, and with budgets kept on the disk and ten limits, all of which
/// the call meets and none is near.
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
    private BudgetFile? _budgets;
    private LimitBook? _limits;
    private string _token = "";

    /// <summary>Half of them hard; with none there are no limits either.</summary>
    [Params(0, 3, 20)]
    public int Budgets { get; set; }

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
            .. Budgets > 0 ? Guards(models) : [],
            new AnswerStage(CannedReply.Converse(1024)),
        ]);
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        if (_budgets is not null)
            await _budgets.DisposeAsync();
        _limits?.Dispose();
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
                Target = "/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/converse",
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

    private IStage[] Guards(ModelResolver models)
    {
        string[] scopes = ["all", "app:bench", "key:each", "model:*claude*"];
        _limits = new LimitBook(TimeProvider.System);
        _budgets = BudgetFile.Open(_data.FullName, NullLogger.Instance);
        var book = new BudgetBook(_budgets, leases: null, TimeProvider.System, raise: _ => { }, NullLogger<BudgetBook>.Instance);
        book.Use(
            [
                .. Enumerable.Range(0, Budgets).Select(i => new Budget
                {
                    Name = $"b{i}",
                    Scope = BudgetScope.TryParse(scopes[i % scopes.Length])!,
                    Limit = Money.FromUsd(1_000_000),
                    Window = new BudgetWindow((BudgetPeriod)(i % 6), IsRolling: false, TimeZoneInfo.Utc),
                    Thresholds = [new BudgetThreshold(80, BudgetAction.Alert, []), new BudgetThreshold(100, i % 2 == 0 ? BudgetAction.Stop : BudgetAction.Alert, [])],
                }),
            ],
            new BudgetOptions());
        var limits = new LimitOptions
        {
            Rules = [.. Enumerable.Range(0, 10).Select(i => new LimitRule { Name = $"l{i}", Per = (LimitPer)i, RequestsPerMinute = 1_000_000_000, TokensPerMinute = 1_000_000_000_000, Concurrency = 1_000_000 })],
        };
        return [new LimitStage(limits, _limits, models, _metrics, raise: null, TimeProvider.System, NullLogger<LimitStage>.Instance), new BudgetStage(book, PriceBook.Default, models)];
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
