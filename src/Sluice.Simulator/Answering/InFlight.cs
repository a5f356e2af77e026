namespace Sluice.Simulator.Answering;

/// <summary>Counts the requests that are under way.</summary>
internal sealed class InFlight
{
    private readonly Lock _gate = new();
    private int _count;
    private TaskCompletionSource? _idle;

    /// <summary>Counts one until the result is disposed.</summary>
    public Entry Enter()
    {
        lock (_gate)
            _count++;
        return new Entry(this);
    }

    public Task WhenIdleAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_count == 0)
                return Task.CompletedTask;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task.WaitAsync(cancellationToken);
        }
    }

    private void Leave()
    {
        TaskCompletionSource? idle = null;
        lock (_gate)
        {
            if (--_count == 0)
                (idle, _idle) = (_idle, null);
        }
        idle?.SetResult();
    }

    public readonly struct Entry(InFlight owner) : IDisposable
    {
        public void Dispose() => owner.Leave();
    }
}
