namespace Sluice.Core.Metering.Estimating;

/// <summary>A ratio learned from one observation after another, with its spread. What lies far off moves it no more than what lies at the edge of the usual.</summary>
/// <param name="error">What is guessed before anything is seen; nine of ten are within it.</param>
internal sealed class RunningRatio(double error, double ratio = 1)
{
    /// <summary>Later observations weigh at least this much, so that a change is followed within some fifty of them.</summary>
    private const double MinGain = 0.02;

    /// <summary>How many observations the first guess of the spread is worth.</summary>
    private const double GuessWeight = 4;

    /// <summary>Of a normal distribution, nine of ten lie within so many mean absolute deviations.</summary>
    private const double NinetyPercent = 2.06;

    private const double ClipDeviations = 3;
    private const double MinClip = 0.03;

    private double _logRatio = Math.Log(ratio);
    private double _deviation = error / NinetyPercent;

    /// <summary>How much was seen, in whole observations.</summary>
    public double Seen { get; private set; }

    public double Ratio => Math.Exp(_logRatio);

    public double Error => NinetyPercent * _deviation;

    /// <param name="logResidual">Logarithm of what was reported over what was expected of this ratio.</param>
    /// <param name="share">The share that this ratio has in what was observed, 0 to 1.</param>
    public void Learn(double logResidual, double share)
    {
        var limit = Math.Max(ClipDeviations * _deviation, MinClip);
        var clipped = Math.Clamp(logResidual, -limit, limit);
        _logRatio += share * Math.Max(1 / (Seen + 1), MinGain) * clipped;
        _deviation += share * Math.Max(1 / (Seen + GuessWeight + 1), MinGain) * (Math.Abs(clipped) - _deviation);
        Seen += share;
    }
}
