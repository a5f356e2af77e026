namespace Sluice.Commands.Replay;

/// <summary>Says on standard error how far a long replay has come; a short one says nothing.</summary>
internal sealed class ReplayProgress(TextWriter output, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private long _said = time.GetTimestamp();
    private long _calls;

    public TimeSpan Elapsed => time.GetElapsedTime(_began);

    private readonly long _began = time.GetTimestamp();

    public void Read(long lines)
    {
        if (IsTime())
            output.WriteLine($"reading: {lines:#,0} lines");
    }

    /// <param name="total">Of this replay, or of all replays of a search.</param>
    public void Played(long total)
    {
        // A look at the clock for every call would cost more than it tells.
        if (++_calls % 256 == 0 && IsTime())
            output.WriteLine($"replay: {_calls:#,0} of at most {total:#,0} calls");
    }

    private bool IsTime()
    {
        if (time.GetElapsedTime(_said) < Interval)
            return false;
        _said = time.GetTimestamp();
        return true;
    }
}
