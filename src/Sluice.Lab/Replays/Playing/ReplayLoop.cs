using System.Collections.Concurrent;

namespace Sluice.Lab.Replays.Playing;

/// <summary>
/// Runs calls that overlap in the recording's time on one thread, in an order that the recording alone decides: at each
/// moment everything runs that can, and only then does the clock go on to what is due next.
/// </summary>
internal sealed class ReplayLoop(ReplayClock clock) : SynchronizationContext
{
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _runnable = new();
    private readonly PriorityQueue<TaskCompletionSource, (DateTimeOffset At, long Order)> _due = new();
    private long _order;

    public override void Post(SendOrPostCallback d, object? state) => _runnable.Enqueue((d, state));

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Waits in the recording's time.</summary>
    public Task UntilAsync(DateTimeOffset at)
    {
        if (at <= clock.GetUtcNow())
            return Task.CompletedTask;
        var arrival = new TaskCompletionSource();
        _due.Enqueue(arrival, (at, _order++));
        return arrival.Task;
    }

    /// <summary>Lets everything happen that is due up to a moment, in its order.</summary>
    public void AdvanceTo(DateTimeOffset at)
    {
        Drain();
        while (_due.TryPeek(out _, out var due) && due.At <= at)
        {
            var arrival = _due.Dequeue();
            clock.AdvanceTo(due.At);
            arrival.SetResult();
            Drain();
        }
        if (at < DateTimeOffset.MaxValue)
            clock.AdvanceTo(at);
    }

    /// <summary>Runs what can run now.</summary>
    public void Drain()
    {
        while (_runnable.TryDequeue(out var work))
            work.Callback(work.State);
    }
}
