using System.Collections.Frozen;
using static Sluice.Insights.Conformance.FocusLevel;
using static Sluice.Insights.Conformance.ValueFormat;

namespace Sluice.Insights.Conformance;

/// <summary>The columns of Cost and Usage from FOCUS 1.0 to 1.4, from the specification's column definitions.</summary>
internal static class FocusColumns
{
    public static readonly IReadOnlyList<FocusColumn> All =
    [
        new("AvailabilityZone", Text, Recommended, true),
        new("BilledCost", ValueFormat.Decimal, Mandatory, false),
        new("BillingAccountId", Text, Mandatory, false),
        new("BillingAccountName", Text, Mandatory, true),
        new("BillingAccountType", Text, Conditional, false) { Since = FocusVersion.V12 },
        new("BillingCurrency", NationalCurrency, Mandatory, false),
        new("BillingPeriodEnd", ValueFormat.DateTime, Mandatory, false),
        new("BillingPeriodStart", ValueFormat.DateTime, Mandatory, false),
        new("CapacityReservationId", Text, Conditional, true) { Since = FocusVersion.V11, ComesWith = "CapacityReservationStatus" },
        new("CapacityReservationStatus", Text, Conditional, true) { Since = FocusVersion.V11, ComesWith = "CapacityReservationId", Allowed = Set("Used", "Unused") },
        new("ChargeCategory", Text, Mandatory, false) { Allowed = Set("Usage", "Purchase", "Tax", "Credit", "Adjustment") },
        new("ChargeClass", Text, Mandatory, true) { Allowed = Set("Correction") },
        new("ChargeDescription", Text, Mandatory, true),
        new("ChargeFrequency", Text, Recommended, false) { Allowed = Set("One-Time", "Recurring", "Usage-Based") },
        new("ChargePeriodEnd", ValueFormat.DateTime, Mandatory, false),
        new("ChargePeriodStart", ValueFormat.DateTime, Mandatory, false),
        new("CommitmentDiscountCategory", Text, Conditional, true) { ComesWith = "CommitmentDiscountId", Allowed = Set("Spend", "Usage") },
        new("CommitmentDiscountId", Text, Conditional, true) { ComesWith = "CommitmentDiscountStatus" },
        new("CommitmentDiscountName", Text, Conditional, true) { ComesWith = "CommitmentDiscountId" },
        new("CommitmentDiscountQuantity", ValueFormat.Decimal, Conditional, true) { Since = FocusVersion.V11, ComesWith = "CommitmentDiscountId" },
        new("CommitmentDiscountStatus", Text, Conditional, true) { ComesWith = "CommitmentDiscountId", Allowed = Set("Used", "Unused") },
        new("CommitmentDiscountType", Text, Conditional, true) { ComesWith = "CommitmentDiscountId" },
        new("CommitmentDiscountUnit", Unit, Conditional, true) { Since = FocusVersion.V11, ComesWith = "CommitmentDiscountId" },
        new("CommitmentProgramEligibilityDetails", JsonObject, Conditional, true) { Since = FocusVersion.V14 },
        new("ConsumedQuantity", ValueFormat.Decimal, Conditional, true) { ComesWith = "ConsumedUnit" },
        new("ConsumedUnit", Unit, Conditional, true) { ComesWith = "ConsumedQuantity" },
        new("ContractApplied", JsonObject, Conditional, true) { Since = FocusVersion.V13 },
        new("ContractedCost", ValueFormat.Decimal, Mandatory, false),
        new("ContractedUnitPrice", NonNegativeDecimal, Conditional, true),
        new("EffectiveCost", ValueFormat.Decimal, Mandatory, false),
        new("HostProviderName", Text, Mandatory, true) { Since = FocusVersion.V13 },
        new("InvoiceDetailId", Text, Conditional, true) { Since = FocusVersion.V14 },
        new("InvoiceId", Text, Conditional, true) { Since = FocusVersion.V12 },
        new("InvoiceIssuerName", Text, Mandatory, false),
        new("ListCost", ValueFormat.Decimal, Mandatory, false),
        new("ListUnitPrice", NonNegativeDecimal, Conditional, true),
        new("PricingCategory", Text, Conditional, true) { Allowed = Set("Standard", "Dynamic", "Committed", "Other") },
        new("PricingCurrency", AnyCurrency, Conditional, false) { Since = FocusVersion.V12, ComesWith = "PricingCurrencyEffectiveCost" },
        new("PricingCurrencyContractedUnitPrice", NonNegativeDecimal, Conditional, true) { Since = FocusVersion.V12 },
        new("PricingCurrencyEffectiveCost", ValueFormat.Decimal, Conditional, false) { Since = FocusVersion.V12 },
        new("PricingCurrencyListUnitPrice", NonNegativeDecimal, Conditional, true) { Since = FocusVersion.V12 },
        new("PricingQuantity", ValueFormat.Decimal, Mandatory, true),
        new("PricingUnit", Unit, Mandatory, true),
        // The 1.3 release deprecates these two, and 1.4 has them no more.
        new("ProviderName", Text, Mandatory, false) { Until = FocusVersion.V13 },
        new("PublisherName", Text, Mandatory, false) { Until = FocusVersion.V13 },
        new("RegionId", Text, Conditional, true) { ComesWith = "RegionName" },
        new("RegionName", Text, Conditional, true) { ComesWith = "RegionId" },
        new("ResourceId", Text, Conditional, true) { ComesWith = "ResourceName" },
        new("ResourceName", Text, Conditional, true) { ComesWith = "ResourceId" },
        new("ResourceType", Text, Conditional, true),
        new("ServiceCategory", Text, Mandatory, false) { Allowed = ServiceCategories.All },
        new("ServiceName", Text, Mandatory, false),
        new("ServiceProviderName", Text, Mandatory, false) { Since = FocusVersion.V13 },
        new("ServiceSubcategory", Text, Recommended, false) { Since = FocusVersion.V11, Allowed = ServiceCategories.AllSub },
        new("SkuId", Text, Conditional, true) { ComesWith = "SkuPriceId" },
        new("SkuMeter", Text, Conditional, true) { Since = FocusVersion.V11, ComesWith = "SkuId" },
        new("SkuPriceDetails", KeyValue, Conditional, true) { Since = FocusVersion.V11, ComesWith = "SkuPriceId" },
        new("SkuPriceId", Text, Conditional, true) { ComesWith = "SkuId" },
        new("SubAccountId", Text, Conditional, true) { ComesWith = "SubAccountName" },
        new("SubAccountName", Text, Conditional, true) { ComesWith = "SubAccountId" },
        new("SubAccountType", Text, Conditional, true) { Since = FocusVersion.V12 },
        new("Tags", KeyValue, Conditional, true),
        new("AllocatedMethodDetails", JsonObject, Recommended, true) { Since = FocusVersion.V13 },
        new("AllocatedMethodId", Text, Conditional, true) { Since = FocusVersion.V13, ComesWith = "AllocatedResourceId" },
        new("AllocatedResourceId", Text, Conditional, true) { Since = FocusVersion.V13, ComesWith = "AllocatedMethodId" },
        new("AllocatedResourceName", Text, Conditional, true) { Since = FocusVersion.V13, ComesWith = "AllocatedResourceId" },
        new("AllocatedTags", KeyValue, Conditional, true) { Since = FocusVersion.V13, ComesWith = "AllocatedResourceId" },
    ];

    private static readonly FrozenDictionary<string, FocusColumn> ByName = All.ToFrozenDictionary(c => c.Name, StringComparer.Ordinal);

    public static IEnumerable<FocusColumn> Of(FocusVersion version) => All.Where(c => c.IsIn(version));

    /// <summary>Whether any version has the column.</summary>
    public static bool IsKnown(string name) => ByName.ContainsKey(name);

    public static FocusColumn? Find(string name, FocusVersion version) => ByName.GetValueOrDefault(name) is { } column && column.IsIn(version) ? column : null;

    private static FrozenSet<string> Set(params string[] values) => values.ToFrozenSet(StringComparer.Ordinal);
}
