namespace Sluice.Core.Pricing;

/// <summary>
/// Provisioned throughput: model units bought by the hour, paid whether used or not. AWS doesn't publish how many tokens a
/// unit of a model carries; whoever computes a break-even must bring those two figures from their account team.
/// </summary>
/// <param name="UsdPerUnitHour">The price of one model unit for an hour.</param>
/// <param name="InputTokensPerMinute">Input tokens a minute that one unit carries.</param>
/// <param name="OutputTokensPerMinute">Output tokens a minute that one unit carries.</param>
public readonly record struct ProvisionedThroughput(decimal UsdPerUnitHour, decimal InputTokensPerMinute, decimal OutputTokensPerMinute)
{
    /// <summary>The hours that AWS counts in a month: 365 x 24 / 12.</summary>
    public const int HoursPerMonth = 730;

    /// <summary>What <paramref name="units"/> model units cost for <paramref name="hours"/> hours.</summary>
    public static Money Cost(int units, decimal usdPerUnitHour, decimal hours) => Money.FromUsd(units * usdPerUnitHour * hours);

    /// <summary>
    /// The number of calls at which units for some hours cost as much as on demand: more calls than this favour the units,
    /// as long as the units can carry them.
    /// </summary>
    public static decimal BreakEvenCalls(Money provisioned, Money onDemandPerCall) => provisioned.Usd / onDemandPerCall.Usd;

    /// <summary>
    /// The sustained utilisation, from 0 up, at which a unit costs as much as on demand. Above 1 it never pays. It follows
    /// from the prices and the mix of tokens; it is not a constant of the service.
    /// </summary>
    /// <param name="inputUsdPerMillion">The on-demand price of a million input tokens, as cached as the workload is.</param>
    /// <param name="outputUsdPerMillion">The on-demand price of a million output tokens.</param>
    /// <param name="outputPerInput">The workload's output tokens for each input token.</param>
    public decimal BreakEvenUtilisation(decimal inputUsdPerMillion, decimal outputUsdPerMillion, decimal outputPerInput)
    {
        // Whichever of the two rates is reached first is what a full unit carries of this mix.
        var input = outputPerInput == 0 ? InputTokensPerMinute : Math.Min(InputTokensPerMinute, OutputTokensPerMinute / outputPerInput);
        var onDemandHour = 60 * ((input * inputUsdPerMillion) + (input * outputPerInput * outputUsdPerMillion)) / 1_000_000;
        return UsdPerUnitHour / onDemandHour;
    }
}
