using Sluice.Configuration;
using Sluice.Gateway;
using Sluice.Hosting.Logging;

namespace Sluice.Hosting.Reloading;

/// <summary>Takes over changed settings, whole or not at all: everything that can fail comes before anything changes.</summary>
internal sealed partial class Reload(
    WatchedFile watched, SnapshotCompiler compiler, GatewaySnapshots snapshots, AlertDesk alerts, BudgetKeeper budgets, LogOutput log, ILogger<Reload> logger)
{
    private readonly SluiceOptions _started = watched.Override(watched.Written);
    private SluiceOptions _current = watched.Override(watched.Written);

    /// <exception cref="ConfigurationException">The settings have mistakes, or change what only a restart can.</exception>
    /// <exception cref="CouldNotRunException">A part that they name can't be used.</exception>
    public async Task TakeOverAsync()
    {
        // Step 1: what may not change, and what may not vanish without a word.
        var written = watched.Read();
        var next = watched.Override(written);
        List<ConfigurationError> refused =
        [
            // What the command line wins over is still no setting that changes.
            .. FixedSettings.Changed(watched.Written, written).Concat(FixedSettings.Missing(_started, next)).Concat(Protections.Unsaid(_current, next))
                .Select(m => new ConfigurationError(watched.File, 1, 1, m)),
        ];
        if (refused.Count > 0)
            throw new ConfigurationException(refused);

        // Step 2: everything is made ready, and may turn out to be unusable.
        AlertDesk.Check(next.Alerts);
        var snapshot = compiler.Compile(next);
        await budgets.ConfigureAsync(next);

        // Step 3: the change.
        snapshots.Replace(snapshot);
        alerts.Use(next.Alerts);
        log.Use(next.Log);
        foreach (var lost in Protections.Lost(_current, next))
            Log.Weaker(logger, watched.File, lost);
        _current = next;
    }

    private static partial class Log
    {
        [LoggerMessage(22, LogLevel.Warning, "{File} REMOVES PROTECTION: {Lost}")]
        public static partial void Weaker(ILogger logger, string file, string lost);
    }
}
