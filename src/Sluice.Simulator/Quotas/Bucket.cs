namespace Sluice.Simulator.Quotas;

/// <summary>So much a minute, refilled continuously; it starts unused, and settling may overdraw it.</summary>
internal sealed class Bucket(double perMinute, TimeProvider time)
{
    private readonly Lock _gate = new();
    private double _used;
    private long _at = time.GetTimestamp();

    /// <summary>Takes the amount if it is there in full.</summary>
    public bool TryTake(double amount)
    {
        lock (_gate)
        {
            Refill();
            if (_used + amount > perMinute)
                return false;
            _used += amount;
            return true;
        }
    }

    /// <summary>Gives back what was taken too much, or takes what was too little.</summary>
    public void Return(double amount)
    {
        lock (_gate)
        {
            Refill();
            _used = Math.Max(0, _used - amount);
        }
    }

    private void Refill()
    {
        var now = time.GetTimestamp();
        _used = Math.Max(0, _used - (time.GetElapsedTime(_at, now).TotalMinutes * perMinute));
        _at = now;
    }
}
