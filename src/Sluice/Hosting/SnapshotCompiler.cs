using Sluice.Configuration;
using Sluice.Core.Alerts;
using Sluice.Core.Invocations;
using Sluice.Core.Metering.Estimating;
using Sluice.Gateway;
using Sluice.Gateway.Keys;
using Sluice.Gateway.Levers;
using Sluice.Gateway.Levers.Cascading;
using Sluice.Gateway.Levers.Coalescing;
using Sluice.Gateway.Levers.Marking;
using Sluice.Gateway.Levers.Output;
using Sluice.Gateway.Levers.Placing;
using Sluice.Gateway.Levers.Planning;
using Sluice.Gateway.Levers.Recalling;
using Sluice.Gateway.Levers.Routing;
using Sluice.Gateway.Levers.SemanticRecall;
using Sluice.Gateway.Levers.Trimming;
using Sluice.Gateway.Levers.Watching;
using Sluice.Gateway.Stages.Budgeting;
using Sluice.Gateway.Stages.Identifying;
using Sluice.Gateway.Stages.Keeping;
using Sluice.Gateway.Stages.Limiting;
using Sluice.Gateway.Stages.Recording;
using Sluice.Gateway.Stages.Recording.Estimates;
using Sluice.Gateway.Stages.Retrying;
using Sluice.Gateway.Stages.Sending;
using Sluice.Gateway.Upstreams;

namespace Sluice.Hosting;

/// <summary>Turns checked options into the snapshot that calls run under. What lives longer than a snapshot is passed in.</summary>
internal sealed class SnapshotCompiler(
    ILedgerWriter ledger, UpstreamFactory upstreams, GatewayMetrics metrics, Uri? simulator, TokenCalibration calibration, TokenCheck? check,
    TimeProvider time, ILoggerFactory loggers, IReplyArchive? archive = null)
{
    /// <summary>What verifies callers; null where <see cref="Ends"/> stands in.</summary>
    public KeyRing? Keys { get; init; }

    /// <summary>Where calls with their bodies are kept, where the owner has asked for that.</summary>
    public InvocationLogs? Logs { get; init; }

    /// <summary>The verdicts on levers, and where the calls are sampled that they come of; null for a replay, which asks nobody twice.</summary>
    public (QualityBook Book, SampleRunner Samples)? Quality { get; init; }

    /// <summary>What callers have asked so far; null for a replay, which nothing limits.</summary>
    public LimitBook? Limits { get; init; }

    /// <summary>Who is told of trouble.</summary>
    public RaiseAlert? Raise { get; init; }

    /// <summary>The budgets that attempts are paid from; null for a replay, which spends nothing.</summary>
    public BudgetBook? Budgets { get; init; }

    /// <summary>The first and the last stage of a replay, which listens to nobody and calls nobody.</summary>
    public (IStage Identify, IStage Send)? Ends { get; init; }

    // What levers have learned and stored outlives a reload of the settings.
    private readonly PrefixLearner _prefixes = new(new MarkingOptions());
    private readonly WarmPlaces _places = new();
    private readonly OutputLever _output = new(new LearnedMaximum(new OutputOptions()), calibration);
    private readonly RecallStage _recall = new(new ReplyStore(MaxStoredReplyBytes), archive, time, loggers.CreateLogger<RecallStage>());
    private readonly SemanticStage _semantic = new(time, loggers.CreateLogger<SemanticStage>());
    private readonly SemanticModels _semanticModels = new();
    private readonly CoalesceStage _coalesce = new(loggers.CreateLogger<CoalesceStage>());
    private readonly RouteWatch _routes = new();
    private readonly CascadeWatch _cascades = new();

    private readonly RepeatWatch _repeats = new();
    private readonly TrimLever _trim = new(calibration, check);
    private readonly UsageEstimates _estimates = new();

    /// <summary>Answers that earlier calls left to be read.</summary>
    public PendingAnswers Answers { get; init; } = new([]);

    /// <summary>Stored replies are some kilobytes each, so this holds tens of thousands.</summary>
    private const long MaxStoredReplyBytes = 64 * 1024 * 1024;

    /// <summary>What marking has learned, for the report.</summary>
    public PrefixLearner Prefixes => _prefixes;

    /// <summary>What semantic recall has stored and learned.</summary>
    public SemanticStage Semantic => _semantic;

    /// <summary>What became of routes.</summary>
    public RouteWatch Routes => _routes;

    /// <summary>What became of cascades.</summary>
    public CascadeWatch Cascades => _cascades;

    public GatewaySnapshot Compile(SluiceOptions options)
    {
        var byName = options.Upstreams.ToDictionary(u => u.Name, u => upstreams.Get(Located(u)), StringComparer.Ordinal);
        var models = new ModelResolver(options.Models, time, loggers.CreateLogger<ModelResolver>());
        var prices = PriceBooks.Of(options.Prices);
        var place = new PlaceLever(prices, time, _places);
        var useSemantic = _semantic.Prepare(options.Levers.All.Where(o => o.ModeOf(Lever.Semantic) != LeverMode.Off).Select(o => o.Semantic), _semanticModels.Of);
        var recorder = new Recorder(ledger, prices, models, options.Record, metrics, time, loggers.CreateLogger<Recorder>()) { Raise = Raise, Estimates = _estimates, Answers = Answers };
        var record = new RecordStage(recorder, options.Record, loggers.CreateLogger<RecordStage>());
        var send = Ends?.Send ?? new SendStage(time);
        var budget = Budgets is null ? null : new BudgetStage(Budgets, prices, models);
        var identify = Ends is null ? new IdentifyStage(Keys!, options.Auth, time, loggers.CreateLogger<IdentifyStage>()) : null;
        var limit = new LimitStage(options.Limits, Limits, models, metrics, Raise, time, loggers.CreateLogger<LimitStage>());
        var snapshot = new GatewaySnapshot
        {
            Pipeline = new Pipeline(
                Ends?.Identify ?? identify!,
                record,
                new LeverStages(
                    new PlanStage(options.Levers, _repeats, loggers.CreateLogger<PlanStage>(), Quality?.Book),
                    new WatchStage(options.Watch, Quality?.Book, Quality?.Samples, record, budget is null ? [limit, send] : [limit, budget, send], time, loggers.CreateLogger<WatchStage>()),
                    Rewriting(_trim),
                    _recall,
                    _semantic,
                    _coalesce,
                    new CascadeStage(_cascades, prices, loggers.CreateLogger<CascadeStage>()),
                    Rewriting(new RouteLever(RouteChoosers.Of(options.ModelRoutes, prices, _places), _routes, time)),
                    new CutReplyStage(),
                    Rewriting(_output),
                    Rewriting(new MarkLever(_prefixes, prices, time, place)),
                    Rewriting(place)),
                new RetryStage(options.Retry, time, new Random(options.Simulator.Seed ?? 1)),
                limit,
                send,
                options.Bodies is { } bodies && Logs is not null ? new KeepStage(Logs.Get(bodies)) : null,
                budget),
            Budgets = Budgets,
            Auth = options.Auth,
            Door = identify,
            Hosts = options.Edge.Hosts,
            UnknownOperations = options.Edge.Unknown,
            DefaultUpstream = byName[options.Upstreams[0].Name],
            Routes = [.. options.Routes.Select(r => new Route(r.Models, byName[r.Upstream]))],
            MaxRequestBodyBytes = options.MaxRequestBodyBytes,
        };
        // Nothing of the options can fail any more.
        useSemantic();
        return snapshot;
    }

    private RewriteStage Rewriting(IRewritingLever lever) => new(lever, loggers.CreateLogger<RewriteStage>());

    /// <summary>An upstream of kind simulator is the one that runs in this process, once its address is known.</summary>
    private UpstreamOptions Located(UpstreamOptions upstream) =>
        upstream.Kind != UpstreamKind.Simulator ? upstream
        : simulator is not null || Ends is not null ? upstream with { BaseAddress = simulator, ControlPlane = simulator }
        : throw new CouldNotRunException($"The upstream '{upstream.Name}' is the simulator, which was not started; its calls would go to AWS.");
}
