using Sluice.Core.Pricing;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Azure;

/// <summary>What a meter of Azure's models says of a charge, in Azure's own exports and in its FOCUS ones alike.</summary>
internal static class AzureMeter
{
    public static bool IsModels(string category, string subcategory) =>
        IsOpenAi(category, subcategory)
        || (category.Contains("Foundry", StringComparison.OrdinalIgnoreCase) && category.Contains("Models", StringComparison.OrdinalIgnoreCase));

    /// <param name="tokensPerUnit">Tokens in one of the quantity that the row counts; 0 where it counts no tokens.</param>
    public static CostFacet Understand(CostFacet facet, string category, string subcategory, string meter, decimal tokensPerUnit)
    {
        var name = MeterName.Parse(meter);
        var counts = facet.ChargeCategory is "Usage";
        var isToken = counts && name.Kind is not null && tokensPerUnit > 0;
        return ModelNames.Of(
            facet with
            {
                IsGenerativeAi = true,
                Developer = IsOpenAi(category, subcategory) ? "OpenAI" : "",
                Kind = isToken ? name.Kind : null,
                Tier = isToken ? name.Tier.Name() : "",
                Scope = isToken ? name.Scope : "",
                IsBatch = name.IsBatch,
                Unit = isToken ? "tokens" : facet.Unit,
                UnitFactor = isToken ? tokensPerUnit : 1,
                Unknown = counts && !isToken ? "kind" : "",
            },
            name.Model);
    }

    /// <summary>By the unit (<c>1K</c>, <c>1M</c>), or by the meter's name where the unit says only 1; 0 where they are no tokens.</summary>
    public static decimal TokensPerUnit(string unit, string meter)
    {
        if (unit.Contains("hour", StringComparison.OrdinalIgnoreCase))
            return 0;
        foreach (var text in (string[])[unit, meter])
        {
            if (text.Contains("1K", StringComparison.OrdinalIgnoreCase))
                return 1_000;
            if (text.Contains("1M", StringComparison.OrdinalIgnoreCase))
                return 1_000_000;
        }
        return 0;
    }

    private static bool IsOpenAi(string category, string subcategory) => (category + " " + subcategory).Contains("OpenAI", StringComparison.OrdinalIgnoreCase);
}
