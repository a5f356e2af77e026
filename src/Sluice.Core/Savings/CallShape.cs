using Sluice.Core.Metering;
using Sluice.Core.Pricing;

namespace Sluice.Core.Savings;

/// <summary>What the money of a call is computed from: what it used, and at which price. A lever turns one shape into a cheaper one.</summary>
/// <param name="Usage">Its source says whether the counts were measured.</param>
public sealed record CallShape(Usage Usage, PriceIdentity Identity)
{
    public bool IsEstimated => Usage.Source == UsageSource.Estimated;
}
