using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Bedrock.Operations;
using Sluice.Bedrock.Requests;
using Sluice.Core.Alerts;
using Sluice.Core.Invocations;
using Sluice.Core.Metering.Estimating;
using Sluice.Core.Pricing;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Levers;
using Sluice.Gateway.Levers.Cascading;
using Sluice.Gateway.Levers.Coalescing;
using Sluice.Gateway.Levers.Marking;
using Sluice.Gateway.Levers.Output;
using Sluice.Gateway.Levers.Placing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Recalling;
using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Gateway.Levers.Trimming;
using Sluice.Gateway.Levers.Watching;
using Sluice.Gateway.Stages.Budgeting;
using Sluice.Gateway.Stages.Limiting;
using Sluice.Gateway.Stages.Recording;
using Sluice.Gateway.Stages.Retrying;
using Sluice.Gateway.Upstreams;
using Sluice.Testing;

namespace Sluice.Gateway.Tests.Harness;

/// <summary>
/// The pipeline from the record stage on, without sockets: over an upstream that the test plays and a clock that it moves.
/// A call runs until it has to wait for one of the two, so a test knows where each call stands.
/// </summary>
internal sealed class LeverHarness : ILedgerWriter, IDisposable
{
    private readonly GatewayMetrics _metrics = new();
    private readonly ConcurrentDictionary<string, Upstream> _upstreams = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, InvocationRecord> _closed = new(StringComparer.Ordinal);
    private readonly Pipeline _pipeline;
    private readonly BudgetBook? _budgets;
    private int _calls;

    /// <param name="options">For every call; there is no control group.</param>
    /// <param name="more">Takes part after the levers of the product.</param>
    public LeverHarness(LeverOptions options, IRewritingLever? more = null, long storeBytes = 1_000_000, CascadeWatch? cascades = null, IReplyArchive? archive = null, SemanticModel? semantic = null, BudgetBook? budgets = null)
        : this(new LeverSettings { Default = options, ControlShare = 0 }, more, storeBytes, cascades, archive, semantic, budgets: budgets) { }

    /// <param name="book">Verdicts on what is sampled; null for no quality watch.</param>
    /// <param name="watch">What is sampled; null for the defaults.</param>
    /// <param name="limits">What is limited; null for nothing.</param>
    /// <param name="budgets">What attempts are paid from; null for nothing.</param>
    public LeverHarness(LeverSettings settings, IRewritingLever? more = null, long storeBytes = 1_000_000, CascadeWatch? cascades = null, IReplyArchive? archive = null, SemanticModel? semantic = null, QualityBook? book = null, WatchOptions? watch = null, LimitOptions? limits = null, BudgetBook? budgets = null)
    {
        _budgets = budgets;
        Semantic = new SemanticStage(Time, NullLogger<SemanticStage>.Instance);
        Semantic.Use(settings.All.Where(o => o.ModeOf(Lever.Semantic) != LeverMode.Off).Select(o => o.Semantic), _ => semantic ?? SemanticModel.Untrained);
        var models = new ModelResolver(new Dictionary<string, string>(), Time, NullLogger<ModelResolver>.Instance);
        var record = new RecordOptions();
        var recorder = new Recorder(this, PriceBook.Default, models, record, _metrics, Time, NullLogger<Recorder>.Instance) { Raise = Alerts.Add };
        Limits = new LimitBook(Time);
        Store = new ReplyStore(storeBytes);
        Upstream = new PlayedUpstream(Time);
        var place = new PlaceLever(PriceBook.Default, Time);
        Samples = new SampleRunner(_metrics, Time, NullLogger<SampleRunner>.Instance);
        IStage[] attempt =
        [
            new LimitStage(limits ?? new LimitOptions(), Limits, models, _metrics, Alerts.Add, Time, NullLogger<LimitStage>.Instance),
            .. budgets is null ? [] : new IStage[] { new BudgetStage(budgets, PriceBook.Default, models) },
            Upstream,
        ];
        var recording = new RecordStage(recorder, record, NullLogger<RecordStage>.Instance);
        IStage[] stages =
        [
            recording,
            new PlanStage(settings, new RepeatWatch(), NullLogger<PlanStage>.Instance, book),
            new WatchStage(watch ?? new WatchOptions(), book, Samples, recording, [.. attempt], Time, NullLogger<WatchStage>.Instance),
            Rewriting(new TrimLever(new TokenCalibration(), check: null)),
            new RecallStage(Store, archive, Time, NullLogger<RecallStage>.Instance),
            Semantic,
            Coalesce,
            Rewriting(new MarkLever(Prefixes, PriceBook.Default, Time, place)),
            Rewriting(place),
            .. more is null ? [] : new IStage[] { new CascadeStage(cascades ?? new CascadeWatch(), PriceBook.Default, NullLogger<CascadeStage>.Instance), new CutReplyStage(), Rewriting(more) },
            new RetryStage(new RetryOptions { BaseDelay = TimeSpan.FromSeconds(1), TotalBudget = TimeSpan.FromHours(1) }, Time, new Random(1)),
            .. attempt,
        ];
        _pipeline = new Pipeline(stages);
    }

    public ManualTime Time { get; } = new();

    public PlayedUpstream Upstream { get; }

    public LimitBook Limits { get; }

    /// <summary>What was raised, repetitions included.</summary>
    public List<Alert> Alerts { get; } = [];

    public CoalesceStage Coalesce { get; } = new(NullLogger<CoalesceStage>.Instance);

    public SemanticStage Semantic { get; }

    public ReplyStore Store { get; }

    public SampleRunner Samples { get; }

    /// <summary>All records, those of samples included.</summary>
    public IReadOnlyCollection<InvocationRecord> Closed => [.. _closed.Values];

    public PrefixLearner Prefixes { get; } = new(new MarkingOptions());

    /// <summary>Makes one call and reads its reply to the end, or until its caller leaves.</summary>
    public async Task<Answer> CallAsync(Question question, CancellationTokenSource? caller = null)
    {
        var (path, query) = question.Target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? (question.Target[..at], question.Target[at..]) : (question.Target, "");
        var match = OperationTable.Match(question.Method, path);
        var headers = new HeaderList { { "Content-Type", "application/json" } };
        foreach (var (name, value) in question.Headers)
            headers.Add(name, value);
        var body = Encoding.UTF8.GetBytes(question.Body);
        if (question.Packed is { } packed)
            body = packed;
        var inflated = RequestBody.Inflate(headers["Content-Encoding"], body, maxBytes: 1_000_000);
        var facts = RequestReader.Read(match.Operation, match.ModelIdentifier, headers.First, (inflated ?? body).Span);
        var upstream = _upstreams.GetOrAdd(question.Upstream + "/" + question.Region, _ => new Upstream(
            new UpstreamOptions { Name = question.Upstream, Kind = UpstreamKind.Url, Region = question.Region, BaseAddress = new Uri("http://localhost") }, new PassThroughAuthorizer()));
        var gone = caller?.Token ?? CancellationToken.None;
        using var lifetime = new InvocationLifetime(upstream.Options.IdleLimit, upstream.Options.DrainLimit, Time, gone);
        using var invocation = new Invocation
        {
            Id = Interlocked.Increment(ref _calls).ToString(CultureInfo.InvariantCulture),
            StartedAt = Time.GetUtcNow(),
            StartTimestamp = Time.GetTimestamp(),
            Request = new InvocationRequest
            {
                Method = question.Method,
                Target = RequestTarget.Of(path + query),
                Operation = match.Operation,
                Model = facts.Model is null ? null : ModelIdentifier.Parse(facts.Model),
                Headers = headers,
                Body = body,
                Facts = facts,
                Inflated = inflated,
            },
            Upstream = upstream,
            Budgets = _budgets,
            CallerGone = gone,
            Lifetime = lifetime,
            Caller = question.KeyId is null ? Caller.Anonymous : new Caller(question.KeyId, ImmutableSortedDictionary<string, string>.Empty, PresentedSluiceKey: true),
        };
        var taken = new ArrayBufferWriter<byte>();
        var isCut = false;
        await using var reply = await _pipeline.InvokeAsync(invocation, lifetime.Token);
        try
        {
            await foreach (var frame in reply.Frames)
            {
                taken.Write(frame.Span);
                question.OnBytes?.Invoke(taken.WrittenCount);
                if (gone.IsCancellationRequested)
                    break;
            }
        }
        catch (UpstreamException)
        {
            isCut = true;
        }
        return new Answer(reply.Status, reply.Headers, taken.WrittenSpan.ToArray(), isCut, _closed[invocation.Id]);
    }

    void ILedgerWriter.Open(InvocationRecord intent) { }

    void ILedgerWriter.Close(InvocationRecord record) => Assert.True(_closed.TryAdd(record.InvocationId, record), "A record is closed once.");

    public void Dispose()
    {
        foreach (var upstream in _upstreams.Values)
            upstream.Dispose();
        _metrics.Dispose();
        Limits.Dispose();
    }

    private static RewriteStage Rewriting(IRewritingLever lever) => new(lever, NullLogger<RewriteStage>.Instance);
}

/// <summary>A call as a caller makes it.</summary>
internal sealed record Question(string Target, string Body)
{
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public string Method { get; init; } = "POST";

    /// <summary>What is sent in the place of <see cref="Body"/>; null for that itself.</summary>
    public byte[]? Packed { get; init; }

    public string? KeyId { get; init; } = "sk-one";

    public string Upstream { get; init; } = "test";

    public string Region { get; init; } = "us-east-1";

    /// <summary>Told how much of the reply has arrived, whenever more has.</summary>
    public Action<int>? OnBytes { get; init; }

    public Question With(params (string Name, string Value)[] headers) => this with { Headers = [.. Headers, .. headers] };
}

/// <summary>What a caller got, and what the ledger says of it.</summary>
/// <param name="IsCut">The reply broke off.</param>
internal sealed record Answer(int Status, HeaderList Headers, byte[] Bytes, bool IsCut, InvocationRecord Record)
{
    public string Text => Encoding.UTF8.GetString(Bytes);
}
