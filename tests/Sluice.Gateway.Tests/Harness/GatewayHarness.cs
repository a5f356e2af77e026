using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Core.Alerts;
using Sluice.Core.Pricing;
using Sluice.Gateway.Edge;
using Sluice.Gateway.Keys;
using Sluice.Gateway.Stages.Identifying;
using Sluice.Gateway.Stages.Limiting;
using Sluice.Gateway.Stages.Recording;
using Sluice.Gateway.Stages.Retrying;
using Sluice.Gateway.Stages.Sending;
using Sluice.Gateway.Upstreams;

namespace Sluice.Gateway.Tests.Harness;

/// <summary>The gateway over real sockets, between a client and an upstream that the test scripts.</summary>
internal sealed class GatewayHarness : IAsyncDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("sluice-gateway-");
    private readonly GatewayMetrics _metrics = new();
    private readonly TaskCompletionSource _callerLeft = new();
    private TestServer _upstream = null!;
    private TestServer _gateway = null!;
    private Upstream _target = null!;

    /// <summary>Ends when the gateway has noticed that a caller closed its connection.</summary>
    public Task CallerLeft => _callerLeft.Task;

    public LimitBook Limits { get; } = new(TimeProvider.System);

    public MemoryLedger Ledger { get; } = new();

    public KeyRing Keys { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public Uri Address => _gateway.Address;

    public static async Task<GatewayHarness> StartAsync(RequestDelegate upstream, Settings? settings = null)
    {
        settings ??= new Settings();
        var harness = new GatewayHarness();
        harness._upstream = await TestServer.StartAsync(upstream);
        harness.Keys = KeyRing.Open(harness._data.FullName, TimeProvider.System);
        harness._target = new Upstream(
            settings.Upstream with { BaseAddress = settings.Upstream.BaseAddress ?? harness._upstream.Address }, settings.Authorizer ?? new PassThroughAuthorizer());
        var models = new ModelResolver(settings.Models, TimeProvider.System, NullLogger<ModelResolver>.Instance);
        var recorder = new Recorder(harness.Ledger, PriceBook.Default, models, settings.Record, harness._metrics, TimeProvider.System, NullLogger<Recorder>.Instance) { Raise = settings.Raise };
        var identify = new IdentifyStage(harness.Keys, settings.Auth, TimeProvider.System, NullLogger<IdentifyStage>.Instance);
        var snapshot = new GatewaySnapshot
        {
            Door = identify,
            UnknownOperations = settings.Unknown,
            Pipeline = new Pipeline(
                identify,
                new RecordStage(recorder, settings.Record, NullLogger<RecordStage>.Instance),
                levers: null,
                new RetryStage(settings.Retry, TimeProvider.System, new Random(1)),
                new LimitStage(settings.Limits, harness.Limits, models, harness._metrics, settings.Raise, TimeProvider.System, NullLogger<LimitStage>.Instance),
                new SendStage(TimeProvider.System)),
            DefaultUpstream = harness._target,
            MaxRequestBodyBytes = settings.MaxRequestBodyBytes,
        };
        var endpoint = new GatewayEndpoint(new GatewaySnapshots(snapshot), TimeProvider.System, NullLogger<GatewayEndpoint>.Instance) { Calls = settings.Calls, BodyLimit = settings.BodyLimit };
        harness._gateway = await TestServer.StartAsync(context =>
        {
            context.RequestAborted.Register(() => harness._callerLeft.TrySetResult());
            return endpoint.HandleAsync(context);
        }, settings.Protocols);
        harness.Client = new HttpClient { BaseAddress = harness._gateway.Address };
        return harness;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _gateway.DisposeAsync();
        await _upstream.DisposeAsync();
        _target.Dispose();
        _metrics.Dispose();
        Limits.Dispose();
        _data.Delete(recursive: true);
    }

    internal sealed record Settings
    {
        /// <summary>What the gateway's side speaks; HTTP/2 without TLS can't stand beside HTTP/1.1.</summary>
        public HttpProtocols Protocols { get; init; } = HttpProtocols.Http1;

        public AuthMode? Auth { get; init; }

        public UnknownOperations Unknown { get; init; }

        public CallsUnderWay Calls { get; init; } = CallsUnderWay.Unbounded;

        public TimeSpan BodyLimit { get; init; } = TimeSpan.FromMinutes(2);

        public UpstreamOptions Upstream { get; init; } = new() { Name = "test", Kind = UpstreamKind.Url };

        public IAuthorizer? Authorizer { get; init; }

        public RecordOptions Record { get; init; } = new();

        public RetryOptions Retry { get; init; } = new() { BaseDelay = TimeSpan.FromMilliseconds(1) };

        public Dictionary<string, string> Models { get; init; } = new(StringComparer.Ordinal);

        public LimitOptions Limits { get; init; } = new();

        public RaiseAlert? Raise { get; init; }

        public long MaxRequestBodyBytes { get; init; } = 32 * 1024 * 1024;
    }
}
