namespace Sluice.Simulator.Timing;

/// <summary>Waits until a reply's tokens are due, counted from when it was made.</summary>
internal sealed class ReplyClock(Pace pace, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    public ValueTask WaitAsync(long tokens, CancellationToken cancellationToken)
    {
        var due = pace.Until(tokens);
        if (due <= TimeSpan.Zero)
            return ValueTask.CompletedTask;
        var left = due - time.GetElapsedTime(_start);
        return left <= TimeSpan.Zero ? ValueTask.CompletedTask : new ValueTask(Task.Delay(left, time, cancellationToken));
    }
}
