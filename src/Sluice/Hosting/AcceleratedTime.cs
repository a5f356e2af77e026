namespace Sluice.Hosting;

/// <summary>A clock that starts where it is told and runs faster than the wall's, timers included: a day in seconds.</summary>
/// <param name="start">What the clock shows at first.</param>
/// <param name="factor">Seconds of this clock in one of the wall's.</param>
internal sealed class AcceleratedTime(DateTimeOffset start, double factor) : TimeProvider
{
    private readonly long _began = System.GetTimestamp();

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => start + Elapsed;

    public override long GetTimestamp() => Elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Scaled(System.CreateTimer(callback, state, OfTheWall(dueTime), OfTheWall(period)), this);

    private TimeSpan Elapsed => System.GetElapsedTime(_began) * factor;

    private TimeSpan OfTheWall(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / factor;

    private sealed class Scaled(ITimer inner, AcceleratedTime owner) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(owner.OfTheWall(dueTime), owner.OfTheWall(period));

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
