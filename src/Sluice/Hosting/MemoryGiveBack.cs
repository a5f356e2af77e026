namespace Sluice.Hosting;

/// <summary>
/// Gives memory back to the system after a burst of large bodies: the runtime keeps what it has taken for as long as it sees no need, and one
/// burst would be paid for until the process ends. A collection that compacts everything stops all calls for some tens of milliseconds, so it is
/// made only when the burst is over, and once more when the shared array pools let go: they drop an array that a first collection found idle at
/// one that comes a minute later.
/// </summary>
/// <param name="peakBytes">The most that bodies took at once since it was last asked.</param>
/// <param name="giveBack">Collects and compacts.</param>
internal sealed class MemoryGiveBack(Func<long> peakBytes, Action giveBack, TimeProvider time) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>Less than this is no more than ordinary traffic leaves behind.</summary>
    public const long BurstBytes = 32L * 1024 * 1024;

    /// <summary>Bodies of so little are no burst any more.</summary>
    public const long QuietBytes = 4L * 1024 * 1024;

    /// <summary>Looks after the first quiet one at which the pools have let go: more than a minute.</summary>
    public const int PoolLooks = 7;

    /// <summary>Quiet looks since the last burst; null if there was none, or all of it is given back.</summary>
    private int? _quietLooks;

    /// <summary>Everything that is free goes back to the system.</summary>
    public static void CollectAll() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    /// <summary>Looks at the traffic since the last look, and gives memory back if a burst is over.</summary>
    public void Look()
    {
        var peak = peakBytes();
        if (peak >= BurstBytes)
            _quietLooks = 0;
        else if (_quietLooks is { } looks && peak <= QuietBytes)
            Quiet(looks);
    }

    private void Quiet(int looks)
    {
        _quietLooks = looks < PoolLooks ? looks + 1 : null;
        if (looks is 0 or PoolLooks)
            giveBack();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            Look();
    }
}
