namespace Sluice.Gateway.Stages.Limiting;

/// <summary>
/// What was counted in the last minute, by seconds. The second that is under way and the sixty before it cover any minute
/// that ends now, wherever in a second it begins: a sum that stays within a limit stays within it in every minute. Not thread-safe.
/// </summary>
internal sealed class MinuteWindow
{
    private const int Seconds = 61;

    private readonly long[] _counts = new long[Seconds];
    private long _sum;
    private long _newest;

    /// <param name="second">Now, in seconds of any clock that never goes back.</param>
    public long Sum(long second)
    {
        MoveTo(second);
        return _sum;
    }

    public void Add(long amount, long second)
    {
        MoveTo(second);
        _counts[_newest % Seconds] += amount;
        _sum += amount;
    }

    /// <summary>Takes back some of what was counted in an earlier second; what is no longer counted needs no taking back.</summary>
    public void TakeBack(long amount, long countedAt, long second)
    {
        MoveTo(second);
        if (countedAt <= _newest - Seconds)
            return;
        _counts[countedAt % Seconds] -= amount;
        _sum -= amount;
    }

    /// <summary>Seconds until the amount fits, if nothing else is counted or taken back; 0 for now.</summary>
    public int SecondsUntilFits(long amount, long limit, long second)
    {
        MoveTo(second);
        var sum = _sum;
        for (var age = Seconds - 1; age >= 0 && sum + amount > limit; age--)
        {
            if (_newest - age < 0)
                continue;
            sum -= _counts[(_newest - age) % Seconds];
            if (sum + amount <= limit)
                return Seconds - age;
        }
        return 0;
    }

    private void MoveTo(long second)
    {
        if (second - _newest >= Seconds)
        {
            Array.Clear(_counts);
            (_sum, _newest) = (0, second);
            return;
        }
        while (_newest < second)
        {
            _newest++;
            _sum -= _counts[_newest % Seconds];
            _counts[_newest % Seconds] = 0;
        }
    }
}
