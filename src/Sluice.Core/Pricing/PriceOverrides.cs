using System.Collections.Immutable;

namespace Sluice.Core.Pricing;

/// <summary>What a customer pays instead of list prices: own prices, and discounts off the list.</summary>
public sealed record PriceOverrides
{
    public static PriceOverrides None { get; } = new();

    /// <summary>Own prices. Where one fits, no list price of its kind is looked at, however specific.</summary>
    public ImmutableArray<PriceRow> OwnPrices { get; init; } = [];

    public ImmutableArray<PriceDiscount> Discounts { get; init; } = [];

    /// <summary>Reads own prices from CSV with the columns of the shipped price file.</summary>
    /// <param name="csv">The file's text.</param>
    /// <param name="name">The name that errors and row ids carry, such as <c>own.csv</c>.</param>
    /// <exception cref="PriceFileException">All faults of the file.</exception>
    public static PriceOverrides LoadOwnPrices(TextReader csv, string name)
    {
        var errors = new List<PriceFileError>();
        var rows = PriceFile.Read(csv, name, errors);
        return errors.Count == 0 ? new PriceOverrides { OwnPrices = rows } : throw new PriceFileException(errors);
    }

    /// <summary>The faults of the discounts; empty where they can be used.</summary>
    public ImmutableArray<PriceFileError> FindFaults()
    {
        var errors = ImmutableArray.CreateBuilder<PriceFileError>();
        foreach (var d in Discounts)
        {
            if (d.Percent is <= 0 or > 100)
                errors.Add(new(d.Id, "percent", d.Percent.ToString(), "write a number above 0 and up to 100; a dearer price is an own price"));
            if (d.Model.Length == 0 || d.Model.AsSpan(0, Math.Max(0, d.Model.Length - 1)).ContainsAny(" *"))
                errors.Add(new(d.Id, "model", d.Model, "write a model id, a pattern with one * at its end, or *"));
            if (!AwsRegions.IsName(d.Region) && !AwsRegions.IsPattern(d.Region))
                errors.Add(new(d.Id, "region", d.Region, "write a region such as eu-west-1, a pattern such as us-*, or *"));
            if (d.Profile is not (null or "bare" or "geo") && !AwsRegions.IsProfile(d.Profile))
                errors.Add(new(d.Id, "profile", d.Profile, $"write bare, geo or one of {string.Join(", ", AwsRegions.Profiles)}, or leave it out"));
            if (d.Until <= d.From)
                errors.Add(new(d.Id, "until", d.Until?.ToString("yyyy-MM-dd") ?? "", "it must be later than from"));
        }
        return errors.ToImmutable();
    }
}
