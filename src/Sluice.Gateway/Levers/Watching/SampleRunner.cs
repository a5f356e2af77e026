using Microsoft.Extensions.Logging;

namespace Sluice.Gateway.Levers.Watching;

/// <summary>
/// Runs samples behind the calls, a bounded number at once. What comes when all places are taken is left out rather than kept
/// waiting, since each holds a prompt in memory. No fault of a sample reaches a call.
/// </summary>
public sealed partial class SampleRunner(GatewayMetrics metrics, TimeProvider time, ILogger<SampleRunner> logger) : IAsyncDisposable
{
    private static readonly TimeSpan ComplaintInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];
    private readonly CancellationTokenSource _stopping = new();
    private bool _isClosed;
    private long _dropped;
    private long? _complainedAt;

    /// <summary>Samples that were drawn and left out for want of a place.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Ends when no sample is under way.</summary>
    public async Task WhenIdleAsync()
    {
        while (true)
        {
            Task[] running;
            lock (_gate)
                running = [.. _running];
            if (running.Length == 0)
                return;
            await Task.WhenAll(running);
        }
    }

    /// <summary>Takes no more samples, and gives those under way a moment to end: AWS bills them, so their usage is wanted.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
            _isClosed = true;
        await _stopping.CancelAsync();
        await WhenIdleAsync();
        _stopping.Dispose();
    }

    /// <param name="sample">Its token ends when the process is to stop.</param>
    internal void Run(int maxInFlight, Func<CancellationToken, Task> sample)
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            if (_running.Count < maxInFlight)
            {
                var token = _stopping.Token;
                // The task may end before it is in the set, so what takes it out waits for the gate.
                Task task = null!;
                task = Task.Run(async () =>
                {
                    try
                    {
                        await sample(token);
                    }
                    catch (Exception e)
                    {
                        Log.Failed(logger, e);
                    }
                    lock (_gate)
                        _running.Remove(task);
                }, CancellationToken.None);
                _running.Add(task);
                return;
            }
        }
        Drop(maxInFlight);
    }

    private void Drop(int maxInFlight)
    {
        metrics.NotSampled();
        var dropped = Interlocked.Increment(ref _dropped);
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_complainedAt is { } before && time.GetElapsedTime(before, now) < ComplaintInterval)
                return;
            _complainedAt = now;
        }
        Log.Dropped(logger, dropped, maxInFlight);
    }

    private static partial class Log
    {
        [LoggerMessage(60, LogLevel.Error, "A quality sample failed; its call was served before and is not touched")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(61, LogLevel.Warning, "{Dropped} quality samples so far were left out because {MaxInFlight} were under way; raise quality_watch.in_flight or lower its share")]
        public static partial void Dropped(ILogger logger, long dropped, int maxInFlight);
    }
}
