namespace Sluice.Gateway;

/// <summary>
/// How long an invocation may wait for its upstream. While the caller is there, each frame renews an idle limit. Once the
/// caller has left, a drain limit counts down that nothing renews: long enough to read the usage that AWS bills, and bounded.
/// </summary>
public sealed class InvocationLifetime : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _registration;
    private readonly TimeSpan _idleLimit;
    private readonly TimeSpan _drainLimit;
    private volatile bool _draining;
    private int _others;

    public InvocationLifetime(TimeSpan idleLimit, TimeSpan drainLimit, TimeProvider time, CancellationToken callerGone)
    {
        _idleLimit = idleLimit;
        _drainLimit = drainLimit;
        _source = new CancellationTokenSource(idleLimit, time);
        _registration = callerGone.UnsafeRegister(static state => ((InvocationLifetime)state!).Drain(), this);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>The caller has left and what remains of the reply is read for its usage only.</summary>
    public bool IsDraining => _draining;

    /// <summary>The upstream showed a sign of life.</summary>
    public void Renew()
    {
        if (!_draining || Volatile.Read(ref _others) > 0)
            Restart(_idleLimit);
    }

    /// <summary>What is waited for is another invocation's reply, which has limits of its own: this one sets none until <see cref="Renew"/>.</summary>
    public void Pause()
    {
        if (!_draining)
            Restart(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Somebody else reads the reply too: until <see cref="Release"/> the caller's leaving sets no limit.</summary>
    public void Hold()
    {
        Interlocked.Increment(ref _others);
        Renew();
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _others) == 0 && _draining)
            Restart(_drainLimit);
    }

    /// <summary>Begins the countdown of the drain limit; later calls change nothing.</summary>
    public void Drain()
    {
        if (_draining)
            return;
        _draining = true;
        if (Volatile.Read(ref _others) == 0)
            Restart(_drainLimit);
    }

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }

    private void Restart(TimeSpan limit)
    {
        try
        {
            _source.CancelAfter(limit);
        }
        catch (ObjectDisposedException)
        {
            // The invocation ended in the same moment; there is nothing left to wait for.
        }
    }
}
