using Sluice.Core;

namespace Sluice.Ledger.Sums;

/// <summary>
/// An amount as the database sums it, in two whole numbers: thousandths of a dollar, and the pico-dollars that are less than one. Either
/// alone could pass 64 bits or lose its last decimals. Sums don't depend on their order.
/// </summary>
internal struct MoneySum
{
    public long MilliUsd;
    public long RestPicoUsd;

    public readonly Money Amount => Money.FromUsd((MilliUsd / 1000m) + (RestPicoUsd / 1_000_000_000_000m));

    public static MoneySum Of(Money amount)
    {
        var milli = decimal.Truncate(amount.Usd * 1000);
        return new MoneySum { MilliUsd = (long)milli, RestPicoUsd = Money.FromUsd(amount.Usd - (milli / 1000)).PicoUsd };
    }

    public void Add(in MoneySum other)
    {
        MilliUsd += other.MilliUsd;
        RestPicoUsd += other.RestPicoUsd;
    }
}
