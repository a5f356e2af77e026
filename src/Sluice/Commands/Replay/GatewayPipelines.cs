using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Configuration;
using Sluice.Gateway;
using Sluice.Gateway.Stages.Retrying;
using Sluice.Hosting;
using Sluice.Lab.Replays.Playing;

namespace Sluice.Commands.Replay;

/// <summary>Compiles the pipeline that the gateway serves with, for replays.</summary>
internal sealed class GatewayPipelines(SluiceOptions options) : IDisposable
{
    private readonly GatewayMetrics _metrics = new();
    private readonly UpstreamFactory _upstreams = new(TimeProvider.System);

    public Pipeline Make(ReplayParts parts)
    {
        var compiler = new SnapshotCompiler(parts.Ledger, _upstreams, _metrics, simulator: null, parts.Calibration, check: null, parts.Time, NullLoggerFactory.Instance)
        {
            Ends = (parts.Identify, parts.Send),
        };
        // Nothing is asked twice of a recording, nothing is kept of it, and no upstream is called.
        return compiler.Compile(options with
        {
            Levers = parts.Levers,
            Upstreams = new SluiceOptions().Upstreams,
            Routes = [],
            Retry = new RetryOptions { MaxAttempts = 1 },
            Bodies = null,
        }).Pipeline;
    }

    public void Dispose()
    {
        _upstreams.Dispose();
        _metrics.Dispose();
    }
}
