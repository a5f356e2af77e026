namespace Sluice.Core.Pricing;

/// <summary>The dated set of prices.</summary>
public sealed class PriceBook
{
    /// <summary>What <paramref name="usage"/> costs at the identity's prices on the day of <paramref name="at"/>.</summary>
    public Cost Price(in PriceIdentity identity, Metering.Usage usage, DateTimeOffset at) => throw new NotSupportedException();
}
