using System.Threading.Channels;
using Sluice.Testing;

namespace Sluice.Simulator.Tests;

/// <summary>A clock that moves only when a test says so, and that says when someone has begun to wait for it.</summary>
internal sealed class WatchedTime(ManualTime time) : TimeProvider
{
    private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

    public override long TimestampFrequency => time.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = time.CreateTimer(callback, state, dueTime, period);
        _timers.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Waits for the next timer that was not waited for yet; a minute at most, so that a test ends that fails.</summary>
    public Task UntilTimerAsync() => _timers.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));
}
