namespace Sluice.Core.Metering.Estimating;

/// <summary>
/// Learns, from totals over texts of several kinds, the ratio of true to estimated tokens of each kind: recursive least
/// squares, which is a Kalman filter whose state stands nearly still. It tells apart what a plain running mean of each kind
/// would mix, and knows how sure it is of each.
/// </summary>
internal sealed class KindRatios
{
    /// <summary>Vocabularies differ by about this much, over all kinds alike.</summary>
    private const double CommonDeviation = 0.19;

    /// <summary>And from kind to kind by about this much.</summary>
    private const double KindDeviation = 0.09;

    /// <summary>How much a ratio may wander from one call to the next: enough to follow a model that changes within some hundred calls.</summary>
    private const double Wander = 0.004;

    /// <summary>Of a normal distribution, nine of ten lie within so many standard deviations.</summary>
    private const double NinetyPercent = 1.645;

    /// <summary>What lies farther off moves a ratio no more than what lies here.</summary>
    private const double ClipDeviations = 3;

    /// <summary>Smallest and first guess of a call's own deviation: the same kind is not always made of the same.</summary>
    private const double MinSpread = 0.004;
    private const double FirstSpread = 0.06;
    private const double SpreadGain = 0.03;

    private readonly int _kinds;
    private readonly double[] _ratio;
    private readonly double[,] _covariance;
    private double _spread = FirstSpread;
    private int _seen;

    public KindRatios(int kinds)
    {
        _kinds = kinds;
        _ratio = new double[kinds];
        _covariance = new double[kinds, kinds];
        for (var i = 0; i < kinds; i++)
        {
            _ratio[i] = 1;
            for (var j = 0; j < kinds; j++)
                _covariance[i, j] = (CommonDeviation * CommonDeviation) + (i == j ? KindDeviation * KindDeviation : 0);
        }
    }

    /// <returns>True tokens, and what nine of ten are off by at most.</returns>
    public (double Tokens, double Error) Estimate(ReadOnlySpan<double> byKind)
    {
        var tokens = Expected(byKind);
        // Nothing is known yet of how much calls differ among themselves that the ratios' own doubt does not say already.
        var own = _seen == 0 ? 0 : _spread * tokens;
        return (tokens, NinetyPercent * Math.Sqrt(Variance(byKind) + (own * own)));
    }

    public void Learn(ReadOnlySpan<double> byKind, double reported)
    {
        for (var i = 0; i < _kinds; i++)
        {
            if (byKind[i] > 0)
                _covariance[i, i] += Wander * Wander;
        }
        var expected = Expected(byKind);
        var noise = _spread * expected;
        var ratios = Variance(byKind);
        var total = ratios + (noise * noise);
        var deviation = Math.Sqrt(total);
        var surprise = Math.Clamp(reported - expected, -ClipDeviations * deviation, ClipDeviations * deviation);

        Span<double> shared = stackalloc double[_kinds];
        for (var i = 0; i < _kinds; i++)
            shared[i] = Times(i, byKind);
        for (var i = 0; i < _kinds; i++)
        {
            var gain = shared[i] / total;
            _ratio[i] = Math.Max(0.1, _ratio[i] + (gain * surprise));
            for (var j = 0; j < _kinds; j++)
                _covariance[i, j] -= gain * shared[j];
        }
        // The part of the surprise that the ratios did not account for is the calls' own.
        var share = noise * noise / total;
        var seen = surprise * surprise * share / (expected * expected);
        var weight = Math.Max(SpreadGain, 1.0 / (_seen + 4));
        _spread = Math.Max(MinSpread, Math.Sqrt(((1 - weight) * _spread * _spread) + (weight * seen)));
        _seen++;
    }

    private double Expected(ReadOnlySpan<double> byKind)
    {
        var sum = 0.0;
        for (var i = 0; i < _kinds; i++)
            sum += byKind[i] * _ratio[i];
        return sum;
    }

    private double Variance(ReadOnlySpan<double> byKind)
    {
        var sum = 0.0;
        for (var i = 0; i < _kinds; i++)
        {
            if (byKind[i] > 0)
                sum += byKind[i] * Times(i, byKind);
        }
        return Math.Max(0, sum);
    }

    private double Times(int row, ReadOnlySpan<double> byKind)
    {
        var sum = 0.0;
        for (var j = 0; j < _kinds; j++)
            sum += _covariance[row, j] * byKind[j];
        return sum;
    }
}
