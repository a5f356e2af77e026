using Sluice.Configuration;
using Sluice.Core.Invocations;
using Sluice.Gateway;
using Sluice.Gateway.Keys;
using Sluice.Gateway.Stages.Identifying;
using Sluice.Gateway.Stages.Recording;
using Sluice.Gateway.Stages.Retrying;
using Sluice.Gateway.Stages.Sending;
using Sluice.Gateway.Upstreams;

namespace Sluice.Hosting;

/// <summary>Turns checked options into the snapshot that calls run under. What lives longer than a snapshot is passed in.</summary>
internal sealed class SnapshotCompiler(KeyRing keys, ILedgerWriter ledger, UpstreamFactory upstreams, GatewayMetrics metrics, Uri? simulator, TimeProvider time, ILoggerFactory loggers)
{
    public GatewaySnapshot Compile(SluiceOptions options)
    {
        var byName = options.Upstreams.ToDictionary(u => u.Name, u => upstreams.Get(Located(u)), StringComparer.Ordinal);
        var models = new ModelResolver(options.Models, time, loggers.CreateLogger<ModelResolver>());
        var recorder = new Recorder(ledger, PriceBooks.Of(options.Prices), models, options.Record, metrics, time, loggers.CreateLogger<Recorder>());
        return new GatewaySnapshot
        {
            Pipeline = new Pipeline(
                new IdentifyStage(keys, options.Auth, time, loggers.CreateLogger<IdentifyStage>()),
                new RecordStage(recorder, options.Record, loggers.CreateLogger<RecordStage>()),
                new RetryStage(options.Retry, time, new Random(options.Simulator.Seed)),
                new SendStage(time)),
            DefaultUpstream = byName[options.Upstreams[0].Name],
            Routes = [.. options.Routes.Select(r => new Route(r.Models, byName[r.Upstream]))],
            MaxRequestBodyBytes = options.MaxRequestBodyBytes,
        };
    }

    /// <summary>An upstream of kind simulator is the one that runs in this process, once its address is known.</summary>
    private UpstreamOptions Located(UpstreamOptions upstream) =>
        upstream.Kind == UpstreamKind.Simulator ? upstream with { BaseAddress = simulator, ControlPlane = simulator } : upstream;
}
