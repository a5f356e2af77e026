namespace Sluice.Simulator.Quotas;

/// <summary>So much a minute, refilled continuously; it starts full, and settling may take it below zero.</summary>
internal sealed class Bucket(double perMinute, TimeProvider time)
{
    private readonly Lock _gate = new();
    private double _level = perMinute;
    private long _at = time.GetTimestamp();

    /// <summary>Takes the amount if it is there in full.</summary>
    public bool TryTake(double amount)
    {
        lock (_gate)
        {
            Refill();
            if (_level < amount)
                return false;
            _level -= amount;
            return true;
        }
    }

    /// <summary>Gives back what was taken too much, or takes what was too little.</summary>
    public void Return(double amount)
    {
        lock (_gate)
        {
            Refill();
            _level = Math.Min(perMinute, _level + amount);
        }
    }

    private void Refill()
    {
        var now = time.GetTimestamp();
        _level = Math.Min(perMinute, _level + (time.GetElapsedTime(_at, now).TotalMinutes * perMinute));
        _at = now;
    }
}
