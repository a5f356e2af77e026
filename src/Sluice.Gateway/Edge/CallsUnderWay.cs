namespace Sluice.Gateway.Edge;

/// <summary>
/// The calls that the process serves at this moment and the memory that their bodies take, both bounded. Callers who have proved
/// nothing yet share half of the memory, so they can't shut out those who have.
/// </summary>
/// <param name="maxCalls">HTTP/2 carries many calls over one connection, so connections don't bound them.</param>
/// <param name="maxBodyBytes">For the bodies of all calls together.</param>
public sealed class CallsUnderWay(int maxCalls, long maxBodyBytes) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private int _calls;
    private long _bytes;
    private long _unprovenBytes;
    private long _peakBytes;
    private int _finished;
    private int _cut;

    public static CallsUnderWay Unbounded => new(int.MaxValue, long.MaxValue);

    public int Count => Volatile.Read(ref _calls);

    /// <summary>Fires when the process is asked to end: what has not yet begun is refused from then on.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Since <see cref="Stop"/>: calls that were answered to their end, and those that were cut off or haven't noticed it yet.</summary>
    public (int Finished, int Cut) Ended => (Volatile.Read(ref _finished), Volatile.Read(ref _cut) + Count);

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _calls) <= maxCalls)
            return true;
        Interlocked.Decrement(ref _calls);
        return false;
    }

    public void Leave(bool wasCut)
    {
        Interlocked.Decrement(ref _calls);
        if (_stopping.IsCancellationRequested)
            Interlocked.Increment(ref wasCut ? ref _cut : ref _finished);
    }

    public void Stop() => _stopping.Cancel();

    /// <summary>The most that bodies took at once since this was last asked.</summary>
    public long TakePeakBytes() => Interlocked.Exchange(ref _peakBytes, Volatile.Read(ref _bytes));

    internal bool TryTake(long bytes, bool isProved)
    {
        if (!isProved && !TryAdd(ref _unprovenBytes, bytes, maxBodyBytes / 2))
            return false;
        if (TryAdd(ref _bytes, bytes, maxBodyBytes))
        {
            InterlockedMax(ref _peakBytes, Volatile.Read(ref _bytes));
            return true;
        }
        if (!isProved)
            Interlocked.Add(ref _unprovenBytes, -bytes);
        return false;
    }

    internal void Return(long bytes, bool isProved)
    {
        Interlocked.Add(ref _bytes, -bytes);
        if (!isProved)
            Prove(bytes);
    }

    /// <summary>The caller of so many bytes has turned out to be one who may call.</summary>
    internal void Prove(long bytes) => Interlocked.Add(ref _unprovenBytes, -bytes);

    public void Dispose() => _stopping.Dispose();

    private static bool TryAdd(ref long sum, long amount, long most)
    {
        if (Interlocked.Add(ref sum, amount) <= most)
            return true;
        Interlocked.Add(ref sum, -amount);
        return false;
    }

    private static void InterlockedMax(ref long most, long value)
    {
        for (var seen = Volatile.Read(ref most); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
