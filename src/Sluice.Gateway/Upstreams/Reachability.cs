namespace Sluice.Gateway.Upstreams;

/// <summary>
/// Whether an upstream can be connected to, as the attempts at it show: Sluice sends nothing of its own to find out. What they
/// showed is forgotten after a while, since an instance that gets no calls for not being ready could never show otherwise.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class Reachability(TimeProvider time)
{
    /// <summary>Attempts in a row, and so one call with its retries.</summary>
    private const int Enough = 3;

    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private int _failures;
    private long _failedAt;

    /// <summary>No attempt of late could connect.</summary>
    public bool IsLost
    {
        get
        {
            lock (_gate)
                return _failures >= Enough && IsRecent;
        }
    }

    private bool IsRecent => time.GetElapsedTime(_failedAt) < Memory;

    public void Failed()
    {
        lock (_gate)
        {
            _failures = IsRecent ? _failures + 1 : 1;
            _failedAt = time.GetTimestamp();
        }
    }

    public void Connected()
    {
        // Asked first: every call comes here, and nearly none follows a failure.
        if (Volatile.Read(ref _failures) == 0)
            return;
        lock (_gate)
            _failures = 0;
    }
}
