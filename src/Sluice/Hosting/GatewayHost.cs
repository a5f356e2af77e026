using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Sluice.Configuration;
using Sluice.Core.Invocations;
using Sluice.Core.Metering.Estimating;
using Sluice.Gateway;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Keys;
using Sluice.Gateway.Levers.Trimming;
using Sluice.Gateway.Levers.Watching;
using Sluice.Gateway.Stages.Limiting;
using Sluice.Gateway.Stages.Recording;
using Sluice.Gateway.Upstreams;
using Sluice.Hosting.Logging;
using Sluice.Hosting.Reloading;
using Sluice.Ledger;
using Sluice.Ledger.Answers;
using Sluice.Ledger.Feedback;
using Sluice.Ledger.Queries;
using Sluice.Simulator;
using Sluice.Simulator.Serving;

namespace Sluice.Hosting;

/// <summary>The gateway as a running server, with the ledger, the keys and, where it is an upstream, the simulator.</summary>
internal sealed partial class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication _application;
    private ILoggerFactory _loggers = null!;
    private readonly UpstreamFactory _upstreams;
    private readonly GatewayMetrics _metrics;
    private readonly ReplyArchive? _archive;
    private readonly QualityBook _quality;
    private readonly SampleRunner _samples;
    private readonly SemanticKeeper? _semantic;
    private readonly AlertDesk _alerts;
    private readonly LimitBook _limits;
    private readonly BudgetKeeper _budgets;

    private GatewayHost(WebApplication application, SluiceOptions options, LiveLedger ledger, ReplyArchive? archive, SemanticKeeper? semantic, BudgetKeeper budgets, (QualityBook Book, SampleRunner Samples) quality, SimulatorHost? simulator, UpstreamFactory upstreams, GatewayMetrics metrics, AlertDesk alerts, LimitBook limits)
    {
        _application = application;
        _upstreams = upstreams;
        _metrics = metrics;
        _archive = archive;
        (_quality, _samples) = quality;
        _semantic = semantic;
        (_alerts, _limits, _budgets) = (alerts, limits, budgets);
        Ledger = ledger;
        Simulator = simulator;
        DataDirectory = options.DataDirectory;
        LogFormat = options.Log.Format;
        UpstreamDescription = string.Join(", ", options.Upstreams.Select(Describe));
    }

    public LiveLedger Ledger { get; }

    /// <summary>The embedded simulator, or null where no upstream is it.</summary>
    public SimulatorHost? Simulator { get; }

    public string DataDirectory { get; }

    public LogFormat LogFormat { get; }

    /// <summary>The upstreams in words.</summary>
    public string UpstreamDescription { get; }

    public IReadOnlyList<string> Addresses =>
        [.. _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    /// <exception cref="CouldNotRunException">A port is taken, or a part can't be started; the message says which and what to do.</exception>
    public static async Task<GatewayHost> StartAsync(SluiceOptions options, HostSettings settings, CancellationToken cancellationToken)
    {
        StartFaults.RequireFiles(options);
        // The content root is where the executable lies: a settings file that happens to lie where it is started must not change it.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(options.Kestrel);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.Edge.Shutdown);
        var connections = options.Edge.Connections ?? Descriptors.DefaultConnections();
        var calls = new CallsUnderWay(connections, options.Edge.RequestMemoryBytes ?? Math.Max(64L * 1024 * 1024, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4));
        // Made before the host, because the ledger opens before it and speaks up while it does.
        var log = new LogOutput(options.Log);
        var loggers = log.Create();
        builder.Services.AddSingleton(loggers).AddSingleton(log).AddSingleton<RequestLog>();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowAlternateSchemes = true;
            HeaderBytes.Keep(kestrel);
            kestrel.ConfigureEndpointDefaults(listen => PriorKnowledge.Use(listen, options.Edge.FirstByte));
            // The gateway has a limit of its own, whose refusal has the caller's shape and names the setting.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(15));
            kestrel.Limits.MinResponseDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(60));
            kestrel.Limits.MaxConcurrentConnections = connections;
            kestrel.Limits.RequestHeadersTimeout = options.Edge.Headers;
            kestrel.Limits.KeepAliveTimeout = options.Edge.Idle;
        });
        if (!options.Kestrel.Keys.Any(k => k.StartsWith("Kestrel:Endpoints", StringComparison.OrdinalIgnoreCase)))
            builder.WebHost.UseUrls([.. options.Urls]);

        var quality = OpenQuality(options, settings, loggers);
        var ledger = OpenLedger(options, loggers);
        var archive = OpenArchive(options, settings, loggers);
        SimulatorHost? simulator = null;
        BudgetKeeper? budgets = null;
        var upstreams = new UpstreamFactory(settings.Time);
        var metrics = new GatewayMetrics();
        settings.Api?.Register(builder.Services);
        var samples = new SampleRunner(metrics, settings.Time, loggers.CreateLogger<SampleRunner>());
        var limits = new LimitBook(settings.Time);
        AlertDesk? alerts = null;
        try
        {
            alerts = AlertDesk.Open(options, metrics, loggers);
            quality.Raise = alerts.Raise;
            alerts.Watch(ledger);
            simulator = await StartSimulatorAsync(options, settings, cancellationToken);
            var answers = await PendingAnswersAsync(options.DataDirectory, settings.Time, cancellationToken);
            budgets = await BudgetKeeper.OpenAsync(options, settings.Time, alerts.Raise, loggers);
            var keys = KeyRing.Open(options.DataDirectory, TimeProvider.System);
            builder.Services.AddSingleton<Microsoft.AspNetCore.Connections.IMemoryPoolFactory<byte>, BlockPool.Factory>();
            builder.Services.AddSingleton(ledger).AddSingleton(keys).AddSingleton(metrics).AddSingleton(settings.Time).AddSingleton<ILedgerWriter>(ledger);
            builder.Services.AddSingleton(new TokenCalibration()).AddSingleton<TokenCheck>().AddSingleton<InvocationLogs>();
            builder.Services.AddSingleton(services => new SnapshotCompiler(ledger, upstreams, metrics, simulator?.Address, services.GetRequiredService<TokenCalibration>(), services.GetRequiredService<TokenCheck>(), settings.Time, services.GetRequiredService<ILoggerFactory>(), archive)
            {
                Keys = keys,
                Logs = services.GetRequiredService<InvocationLogs>(),
                Quality = (quality, samples),
                Limits = limits,
                Raise = alerts.Raise,
                Budgets = budgets.Book,
                Answers = answers,
            });
            builder.Services.AddSingleton(services => new GatewaySnapshots(services.GetRequiredService<SnapshotCompiler>().Compile(options)));
            builder.Services.AddSingleton(services => new GatewayEndpoint(services.GetRequiredService<GatewaySnapshots>(), settings.Time, services.GetRequiredService<ILogger<GatewayEndpoint>>())
            {
                Calls = calls,
                BodyLimit = options.Edge.Body,
            });
            builder.Services.AddHostedService(_ => new MemoryGiveBack(calls.TakePeakBytes, MemoryGiveBack.CollectAll, settings.Time));
            if (settings.Watched is { } watched)
            {
                builder.Services.AddSingleton(services => new Reload(
                    watched, services.GetRequiredService<SnapshotCompiler>(), services.GetRequiredService<GatewaySnapshots>(), alerts, budgets, log,
                    services.GetRequiredService<ILogger<Reload>>()));
                builder.Services.AddHostedService(services => new ConfigurationWatcher(
                    watched.File, services.GetRequiredService<Reload>().TakeOverAsync, services.GetRequiredService<ILogger<ConfigurationWatcher>>()));
            }
            builder.Services.AddSingleton(alerts).AddSingleton(quality).AddSingleton(_ => new FeedbackFile(options.DataDirectory));
            builder.Services.AddSingleton(budgets.Book).AddSingleton(options);
            LedgerGauges.Watch(metrics, ledger);
            metrics.Observe("sluice.limit_waiting", "{attempt}", "Attempts that wait for their turn at a quota.", () => limits.Waiting);
            metrics.Observe("sluice.levers_suspended", "{lever}", "Levers in shadow because quality did not hold, by app and task.", () => quality.Suspended);

            var application = builder.Build();
            var requestLog = application.Services.GetRequiredService<RequestLog>();
            application.Use(next => context => requestLog.InvokeAsync(context, next));
            settings.Api?.Map(application, options.DataDirectory);
            // Whatever is not our own path is a call for Bedrock.
            application.Map("/{**path}", application.Services.GetRequiredService<GatewayEndpoint>().HandleAsync);
            foreach (var warning in StartWarnings.Of(options, settings.Watched is not null))
                Log.Warned(application.Logger, warning);
            // What has not begun is refused from then on, and connections without a request end at once.
            application.Lifetime.ApplicationStopping.Register(() =>
            {
                Log.Stops(application.Logger, calls.Count);
                calls.Stop();
            });
            await application.StartAsync(cancellationToken);
            if (options.Log.Format == LogFormat.Json)
                Log.Listens(application.Logger, string.Join(", ", application.Urls), string.Join(", ", options.Upstreams.Select(Describe)), options.DataDirectory);
            var semantic = options.Levers.All.Any(o => o.Semantic.DiskBytes > 0)
                ? new SemanticKeeper(
                    application.Services.GetRequiredService<SnapshotCompiler>().Semantic,
                    new SemanticFile(options.DataDirectory, settings.Time, loggers.CreateLogger<SemanticFile>()), settings.Time)
                : null;
            return new GatewayHost(application, options, ledger, archive, semantic, budgets, (quality, samples), simulator, upstreams, metrics, alerts, limits) { _loggers = loggers };
        }
        catch (Exception e)
        {
            await samples.DisposeAsync();
            quality.Dispose();
            if (archive is not null)
                await archive.DisposeAsync();
            if (budgets is not null)
                await budgets.DisposeAsync();
            if (alerts is not null)
                await alerts.DisposeAsync();
            limits.Dispose();
            await ledger.DisposeAsync();
            if (simulator is not null)
                await simulator.DisposeAsync();
            upstreams.Dispose();
            metrics.Dispose();
            loggers.Dispose();
            if (StartFaults.Of(e, options) is { } fault)
                throw fault;
            throw;
        }
    }

    /// <exception cref="CouldNotRunException">A part that runs in the background failed, and took the gateway with it.</exception>
    public async Task WaitForShutdownAsync(CancellationToken cancellationToken)
    {
        await _application.WaitForShutdownAsync(cancellationToken);
        var failed = _application.Services.GetServices<IHostedService>().OfType<BackgroundService>().FirstOrDefault(s => s.ExecuteTask is { IsFaulted: true });
        if (failed?.ExecuteTask?.Exception?.InnerException is { } cause)
            throw new CouldNotRunException($"The gateway ended because its {failed.GetType().Name} failed: {cause.Message}", cause);
    }

    public async ValueTask DisposeAsync()
    {
        // Callers first, then what serves them, and the books last: every reply that ends is still recorded.
        await _application.StopAsync();
        var ended = _application.Services.GetRequiredService<GatewayEndpoint>().Calls.Ended;
        await _application.DisposeAsync();
        await _samples.DisposeAsync();
        _quality.Dispose();
        _upstreams.Dispose();
        if (Simulator is not null)
            await Simulator.DisposeAsync();
        if (_semantic is not null)
            await _semantic.DisposeAsync();
        if (_archive is not null)
            await _archive.DisposeAsync();
        await _budgets.DisposeAsync();
        await _alerts.DisposeAsync();
        _limits.Dispose();
        await Ledger.DisposeAsync();
        _metrics.Dispose();
        Log.Stopped(_loggers.CreateLogger<GatewayHost>(), ended.Finished, ended.Cut);
        // What was logged last is written now.
        _loggers.Dispose();
    }

    private static async Task<PendingAnswers> PendingAnswersAsync(string dataDirectory, TimeProvider time, CancellationToken cancellationToken)
    {
        using var reader = await LedgerReader.OpenAsync(dataDirectory, TimeProvider.System, cancellationToken);
        return new PendingAnswers(reader.PendingAnswers(time.GetUtcNow() - PendingAnswers.Lifetime));
    }

    private static QualityBook OpenQuality(SluiceOptions options, HostSettings settings, ILoggerFactory loggers)
    {
        try
        {
            return QualityBook.Open(options.DataDirectory, settings.Time, loggers.CreateLogger<QualityBook>());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CouldNotRunException(e.Message, e);
        }
    }

    private static LiveLedger OpenLedger(SluiceOptions options, ILoggerFactory loggers)
    {
        try
        {
            return LiveLedger.Open(
                new LedgerOptions
                {
                    DataDirectory = options.DataDirectory,
                    Fsync = options.Ledger.Fsync,
                    Retention = options.Ledger.RetentionDays is { } days ? TimeSpan.FromDays(days) : null,
                },
                TimeProvider.System, loggers.CreateLogger<LiveLedger>());
        }
        catch (LedgerUnavailableException e)
        {
            throw new CouldNotRunException(e.Message, e);
        }
    }

    /// <summary>Replies go to the disk only where the owner says how much of it they may take.</summary>
    private static ReplyArchive? OpenArchive(SluiceOptions options, HostSettings settings, ILoggerFactory loggers)
    {
        return FixedSettings.ArchiveOf(options) is var (maxBytes, maxAge)
            ? ReplyArchive.Open(new ReplyArchiveOptions { DataDirectory = options.DataDirectory, MaxBytes = maxBytes, MaxAge = maxAge }, settings.Time, loggers.CreateLogger<ReplyArchive>())
            : null;
    }

    private static async Task<SimulatorHost?> StartSimulatorAsync(SluiceOptions options, HostSettings settings, CancellationToken cancellationToken)
    {
        if (!options.Upstreams.Any(u => u.Kind == UpstreamKind.Simulator))
            return null;
        var simulated = new SimulatorOptions { Seed = options.Simulator.Seed, Speed = options.Simulator.Speed, RecordingsPath = options.Simulator.Recordings };
        return await SimulatorHost.StartAsync(simulated, settings.Time, cancellationToken);
    }

    private static string Describe(UpstreamOptions upstream) => upstream.Kind switch
    {
        UpstreamKind.Simulator => "the embedded simulator of Bedrock",
        UpstreamKind.Aws => $"Amazon Bedrock in {upstream.Region}",
        _ => upstream.BaseAddress!.ToString(),
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Warning}")]
        public static partial void Warned(ILogger logger, string warning);

        [LoggerMessage(2, LogLevel.Information, "Sluice listens on {Addresses} and serves {Upstreams}; its books are in {DataDirectory}")]
        public static partial void Listens(ILogger logger, string addresses, string upstreams, string dataDirectory);

        [LoggerMessage(3, LogLevel.Information, "Stopping: no new calls are taken; calls under way, which may end first: {Calls}")]
        public static partial void Stops(ILogger logger, int calls);

        [LoggerMessage(4, LogLevel.Information, "Stopped; the ledger is closed. Calls that were under way: {Finished} answered, {Cut} cut off")]
        public static partial void Stopped(ILogger logger, int finished, int cut);
    }
}
