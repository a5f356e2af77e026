using Sluice.Configuration;
using Sluice.Core.Alerts;
using Sluice.Gateway;
using Sluice.Insights.Alerting;
using Sluice.Ledger;

namespace Sluice.Hosting;

/// <summary>The alerts of a running gateway: the outbox, its store, its numbers, and the watch over the ledger.</summary>
internal sealed class AlertDesk : IAsyncDisposable
{
    private readonly AlertStore _store;
    private readonly AlertOutbox _outbox;
    private LedgerWatch? _ledger;

    private AlertDesk(AlertStore store, AlertOutbox outbox) => (_store, _outbox) = (store, outbox);

    public AlertStore Store => _store;

    public RaiseAlert Raise => _outbox.Raise;

    /// <exception cref="CouldNotRunException">The outbox can't be opened, or a channel's secret is not where it should be.</exception>
    public static AlertDesk Open(SluiceOptions options, GatewayMetrics metrics, ILoggerFactory loggers)
    {
        Check(options.Alerts);
        var time = TimeProvider.System;
        var logger = loggers.CreateLogger<AlertOutbox>();
        var store = AlertStores.Open(options.DataDirectory, logger);
        var outbox = new AlertOutbox(store, options.Alerts, AwsRequestSigner.OverDefaultChain(time).SignAlertAsync, time, logger);
        metrics.Observe("sluice.alerts_waiting", "{delivery}", "Deliveries of alerts that no channel has taken yet.", () => outbox.Backlog.Waiting);
        metrics.Observe("sluice.alerts_oldest", "s", "Age of the oldest alert that waits to be delivered.", () => outbox.Backlog.OldestAt is { } oldest ? Math.Max(0, (time.GetUtcNow() - oldest).TotalSeconds) : 0);
        metrics.Observe("sluice.alerts_given_up", "{delivery}", "Deliveries of alerts that were given up after a week.", () => outbox.Backlog.GivenUp);
        metrics.ObserveCount("sluice.alerts_dropped", "{alert}", "Alerts since the start that came too fast to be kept.", () => outbox.Dropped);
        return new AlertDesk(store, outbox);
    }

    public void Watch(LiveLedger ledger) => _ledger = new LedgerWatch(() => ledger.Health, Raise, TimeProvider.System);

    public void Use(AlertOptions options) => _outbox.Use(options);

    /// <exception cref="CouldNotRunException">A channel's secret is not where it should be.</exception>
    public static void Check(AlertOptions options)
    {
        if (options.Channels.Select(c => c.Trouble()).FirstOrDefault(t => t is not null) is { } trouble)
            throw new CouldNotRunException($"{trouble} Put it there, or take the channel out of alerts.channels.");
    }

    public async ValueTask DisposeAsync()
    {
        _ledger?.Dispose();
        await _outbox.DisposeAsync();
        _store.Dispose();
    }
}

/// <summary>Opens the outbox's file for a process.</summary>
internal static partial class AlertStores
{
    /// <exception cref="CouldNotRunException">It can't be opened.</exception>
    public static AlertStore Open(string dataDirectory, ILogger logger)
    {
        try
        {
            var store = AlertStore.Open(dataDirectory, TimeProvider.System, out var damaged);
            if (damaged is not null)
                Log.Damaged(logger, AlertStore.FileName, damaged);
            return store;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CouldNotRunException(e.Message, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(85, LogLevel.Error, "{File} was damaged; it is kept as {Aside}, and alerts that waited in it are not delivered")]
        public static partial void Damaged(ILogger logger, string file, string aside);
    }
}
