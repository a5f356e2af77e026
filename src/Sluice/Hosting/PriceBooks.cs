using Sluice.Configuration;
using Sluice.Core.Pricing;

namespace Sluice.Hosting;

/// <summary>The price book of a configuration: the one that is shipped, with the owner's own rows and discounts over it.</summary>
internal static class PriceBooks
{
    /// <exception cref="PriceFileException">The owner's file has mistakes; every one is listed.</exception>
    /// <exception cref="CouldNotRunException">The owner's file can't be read.</exception>
    public static PriceBook Of(PriceSettings settings)
    {
        if (settings is { File: null, Discounts: [] })
            return PriceBook.Default;
        var own = settings.File is { } file ? ReadOwnPrices(file) : PriceOverrides.None;
        return PriceBook.Default.WithOverrides(own with { Discounts = [.. settings.Discounts] });
    }

    private static PriceOverrides ReadOwnPrices(string file)
    {
        try
        {
            using var reader = new StreamReader(file);
            return PriceOverrides.LoadOwnPrices(reader, Path.GetFileName(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CouldNotRunException($"The price file '{file}' can't be read: {e.Message} Name a readable one under prices.file.", e);
        }
    }
}
