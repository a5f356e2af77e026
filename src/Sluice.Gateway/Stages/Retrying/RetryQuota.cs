namespace Sluice.Gateway.Stages.Retrying;

/// <summary>
/// The token bucket of AWS's standard retry mode: when most calls fail, retrying stops adding load. 500 tokens, 5 for a
/// retry; a success gives back what its last retry took, or 1.
/// </summary>
internal sealed class RetryQuota
{
    private const int Capacity = 500;
    private int _tokens = Capacity;

    public bool TryTake(int cost)
    {
        while (true)
        {
            var tokens = Volatile.Read(ref _tokens);
            if (tokens < cost)
                return false;
            if (Interlocked.CompareExchange(ref _tokens, tokens - cost, tokens) == tokens)
                return true;
        }
    }

    public void GiveBack(int amount)
    {
        while (true)
        {
            var tokens = Volatile.Read(ref _tokens);
            if (tokens >= Capacity || Interlocked.CompareExchange(ref _tokens, Math.Min(Capacity, tokens + amount), tokens) == tokens)
                return;
        }
    }
}
