namespace Sluice.Insights.Forecasts;

/// <summary>A straight line times a repeating pattern, fitted to a series by least squares on what the pattern leaves.</summary>
internal sealed class SeasonalFit
{
    private readonly double _level;
    private readonly double _slope;
    private readonly double[] _pattern;

    private SeasonalFit(double level, double slope, double[] pattern, double[] residuals) => (_level, _slope, _pattern, Residuals) = (level, slope, pattern, residuals);

    /// <summary>What the series had more or less than the fit, step by step.</summary>
    public double[] Residuals { get; }

    /// <param name="series">At least twice the season.</param>
    public static SeasonalFit Of(ReadOnlySpan<double> series, int season)
    {
        var pattern = new double[season];
        Array.Fill(pattern, 1.0);
        var (level, slope) = Line(series, pattern);
        // The pattern of a growing series and its slope depend on each other; a few rounds settle both.
        for (var round = 0; round < 10; round++)
        {
            var (sums, lines) = (new double[season], new double[season]);
            for (var i = 0; i < series.Length; i++)
            {
                sums[i % season] += series[i];
                lines[i % season] += Math.Max(0, level + (slope * i));
            }
            for (var s = 0; s < season; s++)
                pattern[s] = lines[s] > 0 ? sums[s] / lines[s] : 1;
            (level, slope) = Line(series, pattern);
        }
        var fit = new SeasonalFit(level, slope, pattern, new double[series.Length]);
        for (var i = 0; i < series.Length; i++)
            fit.Residuals[i] = series[i] - fit.At(i);
        return fit;
    }

    /// <summary>The fitted value of a step, which may be beyond the series; never below zero.</summary>
    public double At(int index) => Math.Max(0, _level + (_slope * index)) * _pattern[index % _pattern.Length];

    /// <summary>Least squares of y = p (a + b i), where the pattern p is given.</summary>
    private static (double Level, double Slope) Line(ReadOnlySpan<double> series, double[] pattern)
    {
        double s0 = 0, s1 = 0, s2 = 0, y0 = 0, y1 = 0;
        for (var i = 0; i < series.Length; i++)
        {
            var p = pattern[i % pattern.Length];
            s0 += p * p;
            s1 += p * p * i;
            s2 += p * p * i * i;
            y0 += p * series[i];
            y1 += p * series[i] * i;
        }
        var determinant = (s0 * s2) - (s1 * s1);
        return determinant > 0 ? (((y0 * s2) - (y1 * s1)) / determinant, ((s0 * y1) - (s1 * y0)) / determinant) : (s0 > 0 ? y0 / s0 : 0, 0);
    }
}
