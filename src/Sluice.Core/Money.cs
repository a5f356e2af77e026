using System.Globalization;

namespace Sluice.Core;

/// <summary>
/// An exact amount of US dollars. Every amount is a whole number of pico-dollars (1e-12 USD): a price of up to six
/// decimals per million tokens, times any token count, needs no rounding at all. Anything finer is rounded once, half
/// to even, where the amount is made; sums and differences are exact from then on.
/// </summary>
public readonly record struct Money : IComparable<Money>
{
    /// <summary>Decimals that an amount keeps.</summary>
    public const int Decimals = 12;

    private const decimal PicoPerUsd = 1_000_000_000_000m;

    private Money(decimal usd) => Usd = usd;

    public static Money Zero => default;

    /// <summary>The amount in dollars, with at most <see cref="Decimals"/> decimals.</summary>
    public decimal Usd { get; }

    /// <summary>The amount in whole pico-dollars; the ledger's database stores this.</summary>
    /// <exception cref="OverflowException">The amount is beyond about 9.2 million dollars.</exception>
    public long PicoUsd => decimal.ToInt64(Usd * PicoPerUsd);

    public static Money FromUsd(decimal usd) => new(decimal.Round(usd, Decimals, MidpointRounding.ToEven));

    public static Money FromPicoUsd(long pico) => new(pico / PicoPerUsd);

    public static Money operator +(Money left, Money right) => new(left.Usd + right.Usd);

    public static Money operator -(Money left, Money right) => new(left.Usd - right.Usd);

    public static Money operator -(Money amount) => new(-amount.Usd);

    public static bool operator <(Money left, Money right) => left.Usd < right.Usd;

    public static bool operator >(Money left, Money right) => left.Usd > right.Usd;

    public static bool operator <=(Money left, Money right) => left.Usd <= right.Usd;

    public static bool operator >=(Money left, Money right) => left.Usd >= right.Usd;

    public int CompareTo(Money other) => Usd.CompareTo(other.Usd);

    public bool Equals(Money other) => Usd == other.Usd;

    public override int GetHashCode() => Usd.GetHashCode();

    /// <summary>Plain decimal digits without trailing zeros, such as <c>0.0165795</c>: the form of every machine-readable output.</summary>
    public override string ToString() => Usd.ToString("0.############", CultureInfo.InvariantCulture);

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string? text, out Money money)
    {
        var ok = decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var usd);
        money = ok ? FromUsd(usd) : default;
        return ok;
    }
}
