namespace Sluice.Core.Savings;

/// <summary>Quantiles of Student's t distribution by G. W. Hill, Algorithm 396, Communications of the ACM 13 (1970).</summary>
internal static class StudentT
{
    /// <summary>The value that is exceeded, in either direction together, with the given probability.</summary>
    /// <param name="bothTails">From 0 to 1, such as 0.05 for a 95 % interval.</param>
    /// <param name="degrees">Degrees of freedom, at least 1; they need not be whole.</param>
    public static double Quantile(double bothTails, double degrees)
    {
        // The series is poor below 2.5; a little too wide an interval is the better mistake there.
        if (degrees < 1.5)
            return Math.Tan(Math.PI / 2 * (1 - bothTails));
        if (degrees < 2.5)
            return Math.Sqrt((2 / (bothTails * (2 - bothTails))) - 2);

        var a = 1 / (degrees - 0.5);
        var b = 48 / (a * a);
        var c = (((((20_700 * a / b) - 98) * a) - 16) * a) + 96.36;
        var d = ((((94.5 / (b + c)) - 3) / b) + 1) * Math.Sqrt(a * Math.PI / 2) * degrees;
        var y = Math.Pow(d * bothTails, 2 / degrees);
        if (y <= 0.05 + a)
        {
            y = ((((1 / (((((degrees + 6) / (degrees * y)) - (0.089 * d) - 0.822) * (degrees + 2)) * 3)) + (0.5 / (degrees + 4))) * y) - 1)
                * (degrees + 1) / (degrees + 2) + (1 / y);
            return Math.Sqrt(degrees * y);
        }
        var x = NormalQuantile(bothTails / 2);
        y = x * x;
        if (degrees < 5)
            c += 0.3 * (degrees - 4.5) * (x + 0.6);
        c = ((((((((0.05 * d * x) - 5) * x) - 7) * x) - 2) * x) + b) + c;
        y = (((((((((0.4 * y) + 6.3) * y) + 36) * y) + 94.5) / c) - y - 3) / b) + 1;
        y *= x;
        y = Math.Exp(a * y * y) - 1;
        return Math.Sqrt(degrees * y);
    }

    /// <summary>The lower quantile of the normal distribution, by formula 26.2.23 of Abramowitz and Stegun (error below 4.5e-4).</summary>
    private static double NormalQuantile(double probability)
    {
        var t = Math.Sqrt(-2 * Math.Log(probability));
        return -(t - ((2.515517 + (t * (0.802853 + (t * 0.010328)))) / (1 + (t * (1.432788 + (t * (0.189269 + (t * 0.001308))))))));
    }
}
