namespace Sluice.Insights.Exports;

/// <summary>
/// A charge as FOCUS wants it priced: the product of each unit price and the quantity is the cost, and no price is negative. The costs are never
/// changed for it: what can't be written so is an adjustment, which needs no price.
/// </summary>
/// <param name="Category">FOCUS's charge category.</param>
/// <param name="Quantity">PricingQuantity, in <c>per</c> units.</param>
/// <param name="ListUnit">Dollars, or the currency's unit, for one.</param>
/// <param name="ContractedUnit">The same at negotiated prices.</param>
internal readonly record struct PricedParts(string Category, decimal? Quantity, decimal? ListUnit, decimal? ContractedUnit)
{
    public static PricedParts Of(FocusCharge charge, decimal per)
    {
        if (charge.Category is "Tax")
            return new PricedParts("Tax", null, null, null);
        // A credit is its BilledCost by definition; where a bill says otherwise it is no credit to FOCUS.
        if (charge.Category is "Credit")
            return new PricedParts(charge.Billed == charge.Effective && charge.Billed == charge.Contracted && charge.Billed == charge.List ? "Credit" : "Adjustment", null, null, null);
        var quantity = (charge.Quantity ?? 0) / per;
        if (charge.Category is not ("Usage" or "Purchase"))
            return new PricedParts("Adjustment", charge.Quantity is null ? null : quantity, null, null);
        // Money without a quantity is one of what it is for.
        if (quantity == 0 && (charge.List != 0 || charge.Contracted != 0))
            quantity = 1;
        // Money back stands as a negative quantity at the price.
        if (quantity > 0 && charge.List <= 0 && charge.Contracted <= 0 && (charge.List < 0 || charge.Contracted < 0))
            quantity = -quantity;
        var (list, contracted) = quantity == 0 ? (0m, 0m) : (charge.List / quantity, charge.Contracted / quantity);
        return list < 0 || contracted < 0
            ? new PricedParts("Adjustment", (charge.Quantity ?? 0) / per, null, null)
            : new PricedParts(charge.Category, quantity, list, contracted);
    }
}
