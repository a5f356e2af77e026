using System.Globalization;
using Sluice.Core.Pricing;

namespace Sluice.Core.Tests.Pricing;

/// <summary>Short ways to write what a price is asked for.</summary>
internal static class Asked
{
    public static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static PriceIdentity On(string model, string region = "us-east-1", string? profile = null) => new() { Model = model, Region = region, Profile = profile };

    /// <summary>A figure of a theory: attributes hold no decimals, and a double is not one.</summary>
    public static decimal Usd(string digits) => decimal.Parse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);

    public static DateTimeOffset Day(string day) => new(DateTime.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture), TimeSpan.Zero);
}
