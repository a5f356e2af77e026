using Sluice.Configuration;
using Sluice.Gateway;

namespace Sluice.Hosting;

/// <summary>
/// Takes over a changed configuration file for new calls. It looks at the file's time and size rather than waiting for
/// events, which mounted volumes and editors that replace files do not deliver. A file with mistakes changes nothing.
/// </summary>
internal sealed partial class ConfigurationWatcher(
    string file, Func<SluiceOptions> read, Action<SluiceOptions> apply, ILogger<ConfigurationWatcher> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var seen = Stamp();
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (Stamp() is var stamp && stamp == seen)
                continue;
            seen = stamp;
            try
            {
                apply(read());
                Log.Reloaded(logger, file);
            }
            catch (Exception e) when (e is ConfigurationException or Commands.CouldNotRunException or Core.Pricing.PriceFileException)
            {
                Log.Refused(logger, file, e.Message);
            }
        }
    }

    private (DateTime, long) Stamp()
    {
        var info = new FileInfo(file);
        return info.Exists ? (info.LastWriteTimeUtc, info.Length) : default;
    }

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Information, "{File} has changed and is in force for new calls")]
        public static partial void Reloaded(ILogger logger, string file);

        [LoggerMessage(21, LogLevel.Error, "{File} has changed but is not taken over; the settings before it stay in force:\n{Mistakes}")]
        public static partial void Refused(ILogger logger, string file, string mistakes);
    }
}
