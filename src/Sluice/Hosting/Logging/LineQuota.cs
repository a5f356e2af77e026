namespace Sluice.Hosting.Logging;

/// <summary>A token bucket for lines of the log: a burst, and then so many a second. Thread-safe.</summary>
internal sealed class LineQuota(TimeProvider time)
{
    public const int Burst = 200;

    public const int PerSecond = 10;

    private readonly Lock _gate = new();
    private double _lines = Burst;
    private long _filledAt = time.GetTimestamp();
    private long _leftOut;

    /// <param name="leftOut">How many lines had no room since the last that had.</param>
    public bool TryTake(out long leftOut)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _lines = Math.Min(Burst, _lines + (time.GetElapsedTime(_filledAt, now).TotalSeconds * PerSecond));
            _filledAt = now;
            leftOut = _leftOut;
            if (_lines < 1)
            {
                _leftOut++;
                return false;
            }
            _lines--;
            _leftOut = 0;
            return true;
        }
    }
}
