using Sluice.Configuration;
using Sluice.Core.Pricing;

namespace Sluice.Hosting;

/// <summary>The price book of a configuration: the one that is shipped, with the owner's own rows and discounts over it.</summary>
internal static class PriceBooks
{
    public static PriceBook Of(PriceSettings settings)
    {
        if (settings is { File: null, Discounts: [] })
            return PriceBook.Default;
        throw new NotSupportedException();
    }
}
