namespace Sluice.Lab.Replays.Playing;

/// <summary>
/// A clock that shows the recording's time. Its timers never fire: they bound waits for somebody else, and in a replay nobody
/// keeps anybody waiting.
/// </summary>
public sealed class ReplayClock : TimeProvider
{
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => Never.Instance;

    /// <summary>It does not go back.</summary>
    internal void AdvanceTo(DateTimeOffset at) => _now = at > _now ? at : _now;

    private sealed class Never : ITimer
    {
        public static Never Instance { get; } = new();

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() { }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
