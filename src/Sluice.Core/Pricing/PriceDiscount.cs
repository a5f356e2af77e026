using Sluice.Core.Metering;

namespace Sluice.Core.Pricing;

/// <summary>
/// A negotiated discount off list prices. Of several that fit, the first in the configuration applies; they never add up,
/// and none applies to an own price.
/// </summary>
public sealed record PriceDiscount
{
    /// <summary>Where it stands, such as <c>sluice.yaml:31</c>; a discounted price names it beside the list row.</summary>
    public required string Id { get; init; }

    /// <summary>Percent off, above 0 and up to 100.</summary>
    public required decimal Percent { get; init; }

    /// <summary>A base model id, a pattern that ends in <c>*</c>, or <c>*</c>, which alone includes charges that don't depend on a model.</summary>
    public string Model { get; init; } = "*";

    /// <summary>A region or a pattern, as in <see cref="PriceRow.Region"/>.</summary>
    public string Region { get; init; } = "*";

    /// <summary><c>bare</c>, <c>geo</c> or a prefix, as in the price file; null for all.</summary>
    public string? Profile { get; init; }

    /// <summary>Null for all kinds.</summary>
    public UsageKind? Kind { get; init; }

    /// <summary>First day (UTC), or null for no beginning.</summary>
    public DateOnly? From { get; init; }

    /// <summary>First day (UTC) on which it no longer holds, or null for no end.</summary>
    public DateOnly? Until { get; init; }

    internal bool Fits(in PriceIdentity identity, string model, PriceRow row, DateOnly day) =>
        (row.IsAccountWide ? Model == "*" : ModelPattern.Matches(Model, model))
        && AwsRegions.Matches(Region, identity.Region)
        && (Profile is null || Profile == (identity.Profile ?? "bare") || (Profile == "geo" && identity.Scope == Scope.Geographic))
        && (Kind is null || Kind == row.Kind)
        && (From is not { } from || from <= day)
        && (Until is not { } until || day < until);

    internal PriceRow Apply(PriceRow row) => row with
    {
        Id = $"{row.Id} - {Id}",
        Usd = row.Usd * (100 - Percent) / 100,
        Note = $"{Percent}% off the list price of {row.Usd}",
    };
}
