namespace Sluice.Gateway.Stages.Limiting;

/// <summary>
/// So much a minute, refilled all the time, as quotas of AWS behave: a minute's worth may go at once after a pause. It may be
/// overdrawn when a call turns out larger than was held for it, and then has nothing until that is made up. Whole numbers
/// throughout: the unit is what one a minute refills in a tick of 100 ns. Not thread-safe.
/// </summary>
internal sealed class RefillBucket
{
    private const long Unit = TimeSpan.TicksPerMinute;

    /// <summary>However far it is overdrawn, it has something again after so many minutes.</summary>
    private const int MaxOverdrawnMinutes = 4;

    private long _perMinute;
    private long _used;
    private long _at;

    /// <summary>What it holds when it is full.</summary>
    public long PerMinute => _perMinute;

    /// <param name="ticks">Now, in ticks of any clock that never goes back.</param>
    public void MoveTo(long perMinute, long ticks)
    {
        var passed = Math.Min(ticks - _at, TimeSpan.TicksPerMinute * (MaxOverdrawnMinutes + 1));
        _used = Math.Max(0, _used - (passed * _perMinute));
        (_perMinute, _at) = (perMinute, ticks);
    }

    public bool Has(long amount) => _used + (amount * Unit) <= _perMinute * Unit;

    public void Take(long amount) => _used = Math.Clamp(_used + (Math.Min(amount, _perMinute * MaxOverdrawnMinutes) * Unit), 0, _perMinute * Unit * MaxOverdrawnMinutes);

    public void GiveBack(long amount) => _used = Math.Max(0, _used - (amount * Unit));

    /// <summary>How long until it has the amount, if nothing else is taken or given back.</summary>
    public TimeSpan TimeUntil(long amount)
    {
        var missing = _used + (amount * Unit) - (_perMinute * Unit);
        return missing <= 0 ? TimeSpan.Zero : TimeSpan.FromTicks(((missing - 1) / _perMinute) + 1);
    }
}
