namespace Sluice.Gateway.Stages.Limiting;

/// <summary>What one caller, or whoever a rule counts together, has asked in the last minute and has under way. Thread-safe.</summary>
internal sealed class LimitCounter
{
    private readonly Lock _gate = new();
    private readonly MinuteWindow _requests = new();
    private readonly MinuteWindow _tokens = new();
    private int _inFlight;

    /// <summary>Counts a call where all three limits have room for it; says which has not.</summary>
    /// <param name="tokens">Held until the call is settled; at most the limit, so that a call that asks for more can pass when there is nothing else.</param>
    public Throttle? TryTake(LimitRule rule, long tokens, long second)
    {
        lock (_gate)
        {
            if (rule.RequestsPerMinute is { } requests && _requests.Sum(second) >= requests)
                return new Throttle(rule.Name, LimitKind.Requests, requests, TimeSpan.FromSeconds(_requests.SecondsUntilFits(1, requests, second)));
            if (rule.TokensPerMinute is { } most && _tokens.Sum(second) + tokens > most)
                return new Throttle(rule.Name, LimitKind.Tokens, most, TimeSpan.FromSeconds(_tokens.SecondsUntilFits(tokens, most, second)));
            if (rule.Concurrency is { } places && _inFlight >= places)
                return new Throttle(rule.Name, LimitKind.Concurrency, places, TimeSpan.Zero);
            _requests.Add(1, second);
            _tokens.Add(tokens, second);
            _inFlight++;
            return null;
        }
    }

    /// <summary>The call was not made after all.</summary>
    public void GiveBack(long tokens, long takenAt, long second)
    {
        lock (_gate)
        {
            _requests.TakeBack(1, takenAt, second);
            _tokens.TakeBack(tokens, takenAt, second);
            _inFlight--;
        }
    }

    /// <summary>Puts what the call has used in the place of what was held for it. What it used beyond that counts from now on.</summary>
    public void Settle(long held, long used, long takenAt, long second)
    {
        lock (_gate)
        {
            if (used < held)
                _tokens.TakeBack(held - used, takenAt, second);
            else
                _tokens.Add(used - held, second);
        }
    }

    /// <summary>The call has ended.</summary>
    public void Leave()
    {
        lock (_gate)
            _inFlight--;
    }

    /// <summary>A new counter would say the same.</summary>
    public bool IsIdle(long second)
    {
        lock (_gate)
            return _inFlight == 0 && _requests.Sum(second) == 0 && _tokens.Sum(second) == 0;
    }
}
