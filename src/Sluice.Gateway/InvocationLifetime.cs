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
        if (!_draining)
            _source.CancelAfter(_idleLimit);
    }

    /// <summary>Begins the countdown of the drain limit; later calls change nothing.</summary>
    public void Drain()
    {
        if (_draining)
            return;
        _draining = true;
        try
        {
            _source.CancelAfter(_drainLimit);
        }
        catch (ObjectDisposedException)
        {
            // The invocation ended in the same moment; there is nothing left to drain.
        }
    }

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
