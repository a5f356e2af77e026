namespace Sluice.Gateway.Levers.SemanticRecall.Calibrating;

/// <summary>Wilson's score interval of a share, which holds for few cases and for shares near 0 and 1. Wilson 1927, JASA 22, 209.</summary>
public readonly record struct WilsonInterval(double Low, double High)
{
    /// <summary>The quantile of the normal distribution for 95 % between both ends.</summary>
    public const double TwoSided95 = 1.959964;

    /// <summary>The one for 95 % on one side of one end.</summary>
    public const double OneSided95 = 1.644854;

    /// <param name="count">How many of <paramref name="of"/>; both may be sums of weights.</param>
    public static WilsonInterval Of(double count, double of, double z = TwoSided95)
    {
        if (of <= 0)
            return new(0, 1);
        var share = count / of;
        var spread = z * z / of;
        var centre = (share + (spread / 2)) / (1 + spread);
        var half = z / (1 + spread) * Math.Sqrt((share * (1 - share) / of) + (spread / (4 * of)));
        return new(Math.Max(0, centre - half), Math.Min(1, centre + half));
    }
}
