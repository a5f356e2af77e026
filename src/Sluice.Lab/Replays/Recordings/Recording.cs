using Sluice.Core.Metering.Estimating;

namespace Sluice.Lab.Replays.Recordings;

/// <summary>Recorded calls that can be read again and again, each time in the order in which they came.</summary>
public sealed class Recording(string form, long count, bool hasBodies, Func<IEnumerable<RecordedCall>> calls, Func<TokenCalibration>? calibrated = null)
{
    /// <summary>What it is, in words.</summary>
    public string Form => form;

    public long Count => count;

    /// <summary>Whether its requests are those that were sent, rather than stand-ins for them.</summary>
    public bool HasBodies => hasBodies;

    /// <exception cref="Traces.TraceException">A line is broken; it is read up to there.</exception>
    public IEnumerable<RecordedCall> Calls() => calls();

    /// <summary>What the recording's own counts say of how many tokens its models make of a text, each time a new copy.</summary>
    public TokenCalibration Calibrated() => calibrated?.Invoke() ?? new TokenCalibration();
}
