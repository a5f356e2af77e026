namespace Sluice.Insights.Movers;

/// <summary>Why a cost changed, in dollars that add up to the change exactly.</summary>
/// <param name="VolumeUsd">There were more or fewer calls in all.</param>
/// <param name="MixUsd">The calls were spread over the groups in another way.</param>
/// <param name="SizeUsd">A call used more or less: tokens per call, cached ones included, and units of other kinds.</param>
/// <param name="CacheUsd">Other parts of the input were read from the prompt cache, or written to it.</param>
/// <param name="PriceUsd">A unit cost more or less.</param>
/// <param name="LeversUsd">Levers saved more or less of what a call would have cost; negative if more.</param>
public readonly record struct ChangeSplit(decimal VolumeUsd, decimal MixUsd, decimal SizeUsd, decimal CacheUsd, decimal PriceUsd, decimal LeversUsd)
{
    internal const int Factors = 6;

    public decimal TotalUsd => VolumeUsd + MixUsd + SizeUsd + CacheUsd + PriceUsd + LeversUsd;

    public static ChangeSplit operator +(in ChangeSplit a, in ChangeSplit b) => Add(a, b);

    public static ChangeSplit Add(in ChangeSplit left, in ChangeSplit right) => new(
        left.VolumeUsd + right.VolumeUsd, left.MixUsd + right.MixUsd, left.SizeUsd + right.SizeUsd,
        left.CacheUsd + right.CacheUsd, left.PriceUsd + right.PriceUsd, left.LeversUsd + right.LeversUsd);

    /// <param name="parts">One for each factor, in the order of the parameters.</param>
    internal static ChangeSplit Of(ReadOnlySpan<decimal> parts) => new(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]);
}
