using System.Text;
using Sluice.Insights.Conformance;

namespace Sluice.Insights.Tests.Conformance;

/// <summary>A FOCUS file with a row of each sort that breaks nothing, and what can be done to it.</summary>
internal sealed class ConformantFile
{
    public const int Usage = 0, Purchase = 1, Used = 2, Unused = 3, Tax = 4, Credit = 5;

    private const string Commitment = "arn:aws:bedrock:us-east-1:111122223333:commitment/1";

    private readonly List<string> _extra = [];

    public ConformantFile(FocusVersion version = FocusVersion.V12)
    {
        Columns = [.. FocusColumns.Of(version).Select(c => c.Name)];
        Rows =
        [
            Row(("ListCost", "3.00"), ("ContractedCost", "2.70"), ("EffectiveCost", "2.70"), ("BilledCost", "2.70")),
            Row([
                ("ChargeCategory", "Purchase"), ("ChargeFrequency", "Recurring"), ("BilledCost", "10.00"), ("EffectiveCost", "0.00"), ("ListCost", "10.00"), ("ContractedCost", "10.00"),
                ("ListUnitPrice", "10.00"), ("ContractedUnitPrice", "10.00"), ("PricingQuantity", "1"), ("PricingUnit", "Units"), ("ConsumedQuantity", ""), ("ConsumedUnit", ""), ("ResourceId", Commitment),
                ("ResourceType", "Commitment"), ("SkuId", "SKU-C"), ("SkuPriceId", "SKU-C.1"), ("SkuPriceDetails", ""), ("CommitmentDiscountStatus", ""), .. Committed()]),
            Row([("PricingCategory", "Committed"), ("BilledCost", "0.00"), ("EffectiveCost", "8.00"), ("ListCost", "3.00"), ("ContractedCost", "2.70"), ("SkuPriceDetails", ""), ("CommitmentDiscountStatus", "Used"), .. Committed()]),
            Row([
                ("PricingCategory", "Committed"), ("BilledCost", "0.00"), ("EffectiveCost", "2.00"), ("ListCost", "3.00"), ("ContractedCost", "2.70"), ("ConsumedQuantity", ""), ("ConsumedUnit", ""),
                ("CommitmentDiscountStatus", "Unused"), ("ResourceId", Commitment), ("ResourceType", "Commitment"), .. Committed()]),
            Row([
                ("ChargeCategory", "Tax"), ("BilledCost", "0.27"), ("EffectiveCost", "0.27"), ("ListCost", "0.30"), ("ContractedCost", "0.27"), ("PricingCurrencyEffectiveCost", "0.27"), .. Unpriced()]),
            Row([
                ("ChargeCategory", "Credit"), ("ChargeFrequency", "One-Time"), ("BilledCost", "-1.00"), ("EffectiveCost", "-1.00"), ("ListCost", "-1.00"), ("ContractedCost", "-1.00"), .. Unpriced()]),
        ];
    }

    public List<string> Columns { get; }

    public List<Dictionary<string, string>> Rows { get; }

    public ConformantFile Set(int row, params (string Column, string Value)[] cells)
    {
        foreach (var (column, value) in cells)
            Rows[row][column] = value;
        return this;
    }

    public ConformantFile Without(string column)
    {
        Columns.Remove(column);
        return this;
    }

    public ConformantFile With(string column, string value)
    {
        Columns.Add(column);
        foreach (var row in Rows)
            row[column] = value;
        return this;
    }

    public ConformantFile Line(string text)
    {
        _extra.Add(text);
        return this;
    }

    public string Text()
    {
        var text = new StringBuilder().AppendLine(string.Join(',', Columns));
        foreach (var row in Rows)
            text.AppendLine(string.Join(',', Columns.Select(c => Quoted(row.GetValueOrDefault(c, "")))));
        foreach (var line in _extra)
            text.AppendLine(line);
        return text.ToString();
    }

    private static string Quoted(string value) => value.AsSpan().ContainsAny('"', ',') ? '"' + value.Replace("\"", "\"\"", StringComparison.Ordinal) + '"' : value;

    private static (string, string)[] Committed() =>
    [
        ("CommitmentDiscountCategory", "Spend"), ("CommitmentDiscountId", Commitment), ("CommitmentDiscountName", "One year"), ("CommitmentDiscountQuantity", "8.00"), ("CommitmentDiscountType", "Savings Plan"),
        ("CommitmentDiscountUnit", "USD"),
    ];

    private static (string, string)[] Unpriced() =>
    [
        ("ListUnitPrice", ""), ("ContractedUnitPrice", ""), ("PricingQuantity", ""), ("PricingUnit", ""), ("PricingCategory", ""), ("SkuId", ""), ("SkuPriceId", ""), ("SkuMeter", ""), ("SkuPriceDetails", ""),
        ("PricingCurrencyListUnitPrice", ""), ("PricingCurrencyContractedUnitPrice", ""), ("ConsumedQuantity", ""), ("ConsumedUnit", ""),
    ];

    private static Dictionary<string, string> Row(params (string Column, string Value)[] cells)
    {
        var row = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["BillingAccountId"] = "111122223333",
            ["BillingAccountName"] = "Main",
            ["BillingAccountType"] = "Payer",
            ["BillingCurrency"] = "USD",
            ["BillingPeriodStart"] = "2026-11-01T00:00:00Z",
            ["BillingPeriodEnd"] = "2026-12-01T00:00:00Z",
            ["ChargePeriodStart"] = "2026-11-20T10:00:00Z",
            ["ChargePeriodEnd"] = "2026-11-20T11:00:00Z",
            ["ChargeCategory"] = "Usage",
            ["ChargeDescription"] = "Input tokens",
            ["ChargeFrequency"] = "Usage-Based",
            ["ConsumedQuantity"] = "1000000",
            ["ConsumedUnit"] = "Tokens",
            ["ListUnitPrice"] = "3.00",
            ["ContractedUnitPrice"] = "2.70",
            ["PricingQuantity"] = "1",
            ["PricingUnit"] = "1000000 Tokens",
            ["PricingCategory"] = "Standard",
            ["InvoiceId"] = "I-1",
            ["InvoiceIssuerName"] = "AWS",
            ["ProviderName"] = "AWS",
            ["PublisherName"] = "Anthropic",
            ["ServiceProviderName"] = "AWS",
            ["HostProviderName"] = "AWS",
            ["RegionId"] = "us-east-1",
            ["RegionName"] = "US East (N. Virginia)",
            ["ServiceCategory"] = "AI and Machine Learning",
            ["ServiceSubcategory"] = "Generative AI",
            ["ServiceName"] = "Amazon Bedrock",
            ["SkuId"] = "SKU-1",
            ["SkuPriceId"] = "SKU-1.1",
            ["SkuMeter"] = "Input Tokens",
            ["SkuPriceDetails"] = "{\"x_ModelId\":\"claude\"}",
            ["SubAccountId"] = "444455556666",
            ["SubAccountName"] = "Shop",
            ["SubAccountType"] = "Linked",
            ["PricingCurrency"] = "USD",
            ["PricingCurrencyListUnitPrice"] = "3.00",
            ["PricingCurrencyContractedUnitPrice"] = "2.70",
            ["PricingCurrencyEffectiveCost"] = "2.70",
            ["Tags"] = "{\"team\":\"blue\"}",
        };
        foreach (var (column, value) in cells)
            row[column] = value;
        return row;
    }
}
