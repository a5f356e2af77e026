using Sluice.Insights.Conformance;
using Sluice.Insights.Store;

namespace Sluice.Insights.Exports;

/// <summary>The imported bills' rows of generative AI as charges, by day.</summary>
public static class BilledCharges
{
    /// <param name="rows">Of the store.</param>
    /// <param name="leftOut">Gets what has no known cost or currency.</param>
    public static IEnumerable<FocusCharge> Read(IEnumerable<CostRow> rows, ICollection<LeftOut> leftOut)
    {
        foreach (var row in rows)
        {
            var facet = row.Facet;
            var reason = row.Amounts.Billed is null ? "the bill has no cost" : !Currencies.Codes.Contains(facet.Currency) ? $"the currency '{facet.Currency}' is none of ISO 4217" : null;
            if (reason is null)
                yield return Charge(row, row.Amounts.Billed!.Value);
            else
                leftOut.Add(new LeftOut(row.Amounts.From, $"{facet.Service} {facet.UsageType}".Trim(), row.Amounts.Quantity ?? 0, reason));
        }
    }

    private static FocusCharge Charge(CostRow row, decimal billed)
    {
        var (facet, amounts) = (row.Facet, row.Amounts);
        var provider = facet.Provider.Length > 0 ? facet.Provider : facet.Source.Name();
        var assumed = new List<string>(3);
        decimal Known(decimal? cost, string column)
        {
            if (cost is null)
                assumed.Add(column);
            return cost ?? billed;
        }
        if (row.BilledStandsIn > 0)
            assumed.Add("EffectiveCost");
        var (effective, contracted, list) = (Known(amounts.Effective, "EffectiveCost"), Known(amounts.Contracted, "ContractedCost"), Known(amounts.List, "ListCost"));
        return new FocusCharge
        {
            Basis = "billed",
            From = amounts.From,
            To = amounts.To,
            BillingAccount = facet.Account.Length > 0 ? facet.Account : provider,
            SubAccount = facet.Account,
            Currency = facet.Currency,
            Category = Category(facet.ChargeCategory),
            Billed = billed,
            Effective = effective,
            Contracted = contracted,
            List = list,
            Assumed = string.Join(' ', assumed),
            Kind = facet.Kind,
            Quantity = amounts.Quantity,
            Unit = facet.Unit,
            Provider = provider,
            Developer = facet.Developer,
            Service = facet.Service.Length > 0 ? facet.Service : provider,
            Model = facet.Model,
            Family = facet.Family,
            Region = facet.Region,
            Scope = facet.Scope,
            Tier = facet.IsBatch ? "batch" : facet.Tier,
            UsageType = facet.UsageType,
            Principal = facet.Principal,
            Tags = facet.Tags,
            Unpriced = row.UnpricedLines,
        };
    }

    /// <summary>FOCUS's five stand for themselves; AWS's line types are put under them.</summary>
    private static string Category(string said) => said switch
    {
        "Usage" or "Purchase" or "Tax" or "Credit" or "Adjustment" => said,
        "DiscountedUsage" or "SavingsPlanCoveredUsage" or CostFacet.UnusedCommitment => "Usage",
        CostFacet.PrepaidPurchase or "Fee" or "RIFee" or "SavingsPlanRecurringFee" or "SavingsPlanUpfrontFee" => "Purchase",
        _ => "Adjustment",
    };
}
