namespace Sluice.Insights.Conformance;

/// <summary>
/// What FOCUS says about a row as a whole: when a column must be null, when it must not, and how columns fit together. What holds for the
/// values of one column alone is in <see cref="FocusColumns"/>.
/// </summary>
internal static class FocusRules
{
    /// <summary>Below this, figures differ by rounding.</summary>
    private const decimal LeastRounding = 0.000000001m;

    /// <summary>However coarse an amount is written, half a cent is a difference.</summary>
    private const decimal MostRounding = 0.005m;

    private static readonly string[] Category = ["ChargeCategory", "ChargeClass"];
    private static readonly string[] Priced = ["ListUnitPrice", "ContractedUnitPrice", "PricingQuantity", "PricingCategory", "SkuId", "SkuPriceId", "PricingCurrencyListUnitPrice", "PricingCurrencyContractedUnitPrice"];

    public static readonly IReadOnlyList<FocusRule> All =
    [
        .. Periods(), .. Prices(), .. Costs(), .. Quantities(), .. Commitments(), .. Dependents(), .. Others(),
    ];

    private static FocusRule[] Periods() =>
    [
        new("period-order", "ChargePeriodEnd", ["ChargePeriodStart"], "the charge period ends before or as it begins", "the end is exclusive: an hour from 10:00 ends at 11:00",
            r => r.Time("ChargePeriodEnd") <= r.Time("ChargePeriodStart")),
        new("period-order", "BillingPeriodEnd", ["BillingPeriodStart"], "the billing period ends before or as it begins", "the end is exclusive: November ends on December 1",
            r => r.Time("BillingPeriodEnd") <= r.Time("BillingPeriodStart")),
        new("usage-outside-billing-period", "ChargePeriodStart", ["BillingPeriodStart", "BillingPeriodEnd", .. Category], "usage begins outside the billing period and is no correction",
            "use the billing period of the invoice, or mark the correction of an earlier one with ChargeClass Correction",
            r => r.IsUsage && !r.IsCorrection && (r.Time("ChargePeriodStart") < r.Time("BillingPeriodStart") || r.Time("ChargePeriodStart") >= r.Time("BillingPeriodEnd"))) { IsAdvice = true },
        new("correction-of-current-period", "ChargeClass", ["ChargePeriodStart", "BillingPeriodStart"], "a correction within its own billing period is marked Correction",
            "ChargeClass is for corrections of billing periods that were invoiced before; leave it null", r => r.IsCorrection && r.Time("ChargePeriodStart") >= r.Time("BillingPeriodStart")),
    ];

    private static IEnumerable<FocusRule> Prices() => Priced.SelectMany(column => new FocusRule[]
    {
        new("set-for-tax", column, ["ChargeCategory"], "it has a value in a row of tax", "leave it null where ChargeCategory is Tax", r => r.IsTax && !r.IsNull(column)),
        new("null-for-usage", column, Category, "it is null in a row of usage or of a purchase", "give the value that the charge was priced with; only corrections may lack it",
            r => (r.IsUsage || r.IsPurchase) && !r.IsCorrection && r.IsNull(column)),
    });

    private static IEnumerable<FocusRule> Costs()
    {
        foreach (var (cost, price) in new[] { ("ListCost", "ListUnitPrice"), ("ContractedCost", "ContractedUnitPrice") })
        {
            yield return new("cost-is-price-times-quantity", cost, [price, "PricingQuantity", "ChargeClass"], $"it is not {price} x PricingQuantity",
                "give the exact product; where a price is rounded, round the price first", r => !r.IsCorrection && !IsProduct(r.Decimal(cost), r.Decimal(price), r.Decimal("PricingQuantity"), r.Text(cost)));
        }
        foreach (var cost in new[] { "ListCost", "ContractedCost", "EffectiveCost" })
        {
            yield return new("credit-is-billed", cost, ["ChargeCategory", "BilledCost"], "a credit's amount is not its BilledCost", $"set {cost} to BilledCost where ChargeCategory is Credit",
                r => r.Is("ChargeCategory", "Credit") && r.Decimal(cost) is { } amount && r.Decimal("BilledCost") is { } billed && Math.Abs(amount - billed) > LeastRounding)
            { Since = FocusVersion.V12 };
        }
        yield return new("commitment-purchase-effective", "EffectiveCost", ["ChargeCategory", "CommitmentDiscountId"], "the purchase of a commitment discount has an effective cost",
            "set it to 0: the usage that the commitment covers carries its cost", r => r.IsPurchase && !r.IsCorrection && !r.IsNull("CommitmentDiscountId") && r.Decimal("EffectiveCost") is { } cost and not 0);
        yield return new("unused-commitment-billed", "BilledCost", ["CommitmentDiscountStatus"], "the unused part of a commitment discount is billed again",
            "set BilledCost to 0: the purchase was billed, and EffectiveCost carries the unused part", r => r.Is("CommitmentDiscountStatus", "Unused") && !r.IsCorrection && r.Decimal("BilledCost") is { } cost and not 0);
    }

    private static IEnumerable<FocusRule> Quantities()
    {
        yield return new("consumed-without-usage", "ConsumedQuantity", ["ChargeCategory"], "it has a value in a row that is no usage", "leave it null where ChargeCategory is not Usage",
            r => !r.IsUsage && !r.IsNull("ConsumedQuantity"));
        yield return new("consumed-unused-commitment", "ConsumedQuantity", ["ChargeCategory", "CommitmentDiscountStatus"], "it has a value in the unused part of a commitment discount",
            "leave it null where CommitmentDiscountStatus is Unused: nothing was consumed", r => r.IsUsage && r.Is("CommitmentDiscountStatus", "Unused") && !r.IsNull("ConsumedQuantity"))
        { Since = FocusVersion.V11 };
        yield return new("null-for-usage", "ConsumedQuantity", Category, "it is null in a row of usage", "give what was consumed; only corrections and unused commitments may lack it",
            r => r.IsUsage && !r.IsCorrection && !r.Is("CommitmentDiscountStatus", "Unused") && !r.Is("CapacityReservationStatus", "Unused") && r.IsNull("ConsumedQuantity"));
        foreach (var (quantity, unit) in new[] { ("ConsumedQuantity", "ConsumedUnit"), ("PricingQuantity", "PricingUnit"), ("CommitmentDiscountQuantity", "CommitmentDiscountUnit") })
        {
            yield return NullWithout("unit-without-quantity", unit, quantity);
            yield return SetWith("quantity-without-unit", unit, quantity);
        }
        yield return new("commitment-quantity", "CommitmentDiscountQuantity", ["CommitmentDiscountId", .. Category], "it is null in a row of usage or of a purchase under a commitment discount",
            "give the quantity of the commitment that the row uses, buys or leaves unused",
            r => (r.IsUsage || r.IsPurchase) && !r.IsCorrection && !r.IsNull("CommitmentDiscountId") && r.IsNull("CommitmentDiscountQuantity"));
        yield return new("commitment-quantity-elsewhere", "CommitmentDiscountQuantity", ["CommitmentDiscountId", "ChargeCategory"], "it has a value where no commitment discount is used or bought", "leave it null",
            r => !r.IsNull("CommitmentDiscountQuantity") && (r.IsNull("CommitmentDiscountId") || !(r.IsUsage || r.IsPurchase)));
    }

    private static FocusRule[] Commitments() =>
    [
        NullWithout("set-without-commitment", "CommitmentDiscountCategory", "CommitmentDiscountId"),
        NullWithout("set-without-commitment", "CommitmentDiscountName", "CommitmentDiscountId"),
        NullWithout("set-without-commitment", "CommitmentDiscountType", "CommitmentDiscountId"),
        NullWithout("set-without-commitment", "CommitmentDiscountStatus", "CommitmentDiscountId"),
        SetWith("null-with-commitment", "CommitmentDiscountCategory", "CommitmentDiscountId"),
        SetWith("null-with-commitment", "CommitmentDiscountType", "CommitmentDiscountId"),
        new("null-with-commitment", "CommitmentDiscountStatus", ["CommitmentDiscountId", "ChargeCategory"], "it is null in usage under a commitment discount", "say Used or Unused",
            r => r.IsUsage && !r.IsNull("CommitmentDiscountId") && r.IsNull("CommitmentDiscountStatus")),
        new("committed-pricing", "PricingCategory", ["CommitmentDiscountId", "ChargeCategory"], "usage under a commitment discount is not priced as Committed", "say Committed",
            r => r.IsUsage && !r.IsCorrection && !r.IsNull("CommitmentDiscountId") && !r.IsNull("PricingCategory") && !r.Is("PricingCategory", "Committed")),
        new("commitment-resource", "ResourceId", ["CommitmentDiscountId", "CommitmentDiscountStatus"], "the unused part of a commitment discount names another resource", "set it to CommitmentDiscountId: nobody used it",
            r => r.Is("CommitmentDiscountStatus", "Unused") && !r.Span("ResourceId").SequenceEqual(r.Span("CommitmentDiscountId"))),
        new("commitment-resource", "CommitmentDiscountId", ["ChargeCategory", "ResourceId"], "the purchase of a commitment discount names another resource", "set ResourceId to CommitmentDiscountId",
            r => r.IsPurchase && !r.IsNull("CommitmentDiscountId") && !r.Span("ResourceId").SequenceEqual(r.Span("CommitmentDiscountId"))),
        NullWithout("set-without-reservation", "CapacityReservationStatus", "CapacityReservationId"),
        new("null-with-reservation", "CapacityReservationStatus", ["CapacityReservationId", "ChargeCategory"], "it is null in usage under a capacity reservation", "say Used or Unused",
            r => r.IsUsage && !r.IsNull("CapacityReservationId") && r.IsNull("CapacityReservationStatus")),
    ];

    /// <summary>Columns that describe what another one names.</summary>
    private static IEnumerable<FocusRule> Dependents()
    {
        foreach (var (dependent, named) in new[]
        {
            ("RegionName", "RegionId"), ("SubAccountName", "SubAccountId"), ("SubAccountType", "SubAccountId"), ("ResourceType", "ResourceId"), ("BillingAccountType", "BillingAccountId"),
            ("AllocatedMethodId", "AllocatedResourceId"),
        })
        {
            yield return NullWithout("set-without-its-id", dependent, named);
            yield return SetWith("null-with-its-id", dependent, named);
        }
        foreach (var (dependent, named) in new[]
        {
            ("ResourceName", "ResourceId"), ("SkuMeter", "SkuId"), ("SkuPriceDetails", "SkuPriceId"), ("AllocatedResourceName", "AllocatedResourceId"), ("AllocatedMethodDetails", "AllocatedMethodId"),
        })
            yield return NullWithout("set-without-its-id", dependent, named);
    }

    private static FocusRule[] Others() =>
    [
        new("purchase-frequency", "ChargeFrequency", ["ChargeCategory"], "a purchase is Usage-Based", "say One-Time or Recurring", r => r.IsPurchase && r.Is("ChargeFrequency", "Usage-Based")),
        new("subcategory-parent", "ServiceSubcategory", ["ServiceCategory"], "the subcategory belongs to another ServiceCategory", "use the category that FOCUS lists it under",
            r => ServiceCategories.ParentOf(r.Text("ServiceSubcategory")) is { } parent && !r.Is("ServiceCategory", parent)),
        new("description-null", "ChargeDescription", [], "it is null", "describe the charge in a few words", r => r.IsNull("ChargeDescription")) { IsAdvice = true },
    ];

    private static FocusRule NullWithout(string id, string column, string other) =>
        new(id, column, [other], $"it has a value where {other} is null", $"leave it null, or give {other}", r => r.IsNull(other) && !r.IsNull(column));

    private static FocusRule SetWith(string id, string column, string other) =>
        new(id, column, [other], $"it is null where {other} has a value", $"give it where {other} is given", r => !r.IsNull(other) && r.IsNull(column));

    /// <summary>True also where one of the three is not known.</summary>
    private static bool IsProduct(decimal? cost, decimal? price, decimal? quantity, string written)
    {
        if (cost is not { } amount || price is not { } unit || quantity is not { } count)
            return true;
        var point = written.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : written.Skip(point + 1).TakeWhile(char.IsAsciiDigit).Count();
        var half = decimals > 20 ? 0 : 0.5m;
        for (var i = 0; i < decimals && half > 0; i++)
            half /= 10;
        try
        {
            return Math.Abs((unit * count) - amount) <= Math.Clamp(half, LeastRounding, MostRounding);
        }
        catch (OverflowException)
        {
            return false;
        }
    }
}
