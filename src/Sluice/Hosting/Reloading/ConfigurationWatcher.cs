using Sluice.Configuration;
using Sluice.Core.Pricing;

namespace Sluice.Hosting.Reloading;

/// <summary>
/// Notices that the configuration file has changed. It looks at the file's time and size rather than waiting for events,
/// which mounted volumes and editors that replace files do not deliver, and takes a file only once it has stayed the same
/// for two looks: one that is still being written may be valid, and say less than its author means.
/// </summary>
internal sealed partial class ConfigurationWatcher(string file, Func<Task> takeOver, ILogger<ConfigurationWatcher> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private (DateTime, long) _taken = StampOf(file);
    private (DateTime, long) _last = StampOf(file);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await LookAsync();
    }

    /// <summary>One look. Nothing that goes wrong may end the watch, and with it the gateway.</summary>
    internal async Task LookAsync()
    {
        try
        {
            var stamp = StampOf(file);
            var isSettled = stamp == _last;
            _last = stamp;
            if (!isSettled || stamp == _taken)
                return;
            _taken = stamp;
            await takeOver();
            Log.TakenOver(logger, file);
        }
        catch (Exception e)
        {
            Log.Refused(logger, file, IsOurs(e) ? e.Message : $"{e.GetType().Name}: {e.Message}");
        }
    }

    private static bool IsOurs(Exception e) => e is ConfigurationException or CouldNotRunException or PriceFileException;

    /// <summary>Of the file itself: a mounted volume exchanges the directory that a link leads to. A file that is out of reach has none.</summary>
    private static (DateTime, long) StampOf(string file)
    {
        try
        {
            var info = new FileInfo(file);
            if (info.Exists)
                info = info.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? info;
            return info.Exists ? (info.LastWriteTimeUtc, info.Length) : default;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(20, LogLevel.Information, "{File} has changed and is in force for new calls")]
        public static partial void TakenOver(ILogger logger, string file);

        [LoggerMessage(21, LogLevel.Error, "{File} has changed but is not taken over; the settings before it stay in force:\n{Mistakes}")]
        public static partial void Refused(ILogger logger, string file, string mistakes);
    }
}
