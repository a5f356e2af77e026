using System.Text;
using Sluice.Insights.Imports.Locales;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Azure;

/// <summary>
/// Azure's own cost export, of enterprise or customer agreements, whose columns differ in case and name. Actual costs are what is billed,
/// amortized ones the same charges with commitments spread: the two files go to two columns and never add up.
/// </summary>
internal sealed class AzureExport : IBillFormat
{
    private static readonly string[] IdentityNames =
    [
        "billingAccountId", "billingPeriodStartDate", "subscriptionId", "subscriptionGuid", "resourceGroup", "resourceGroupName", "resourceId", "instanceName", "meterId", "meterName", "meterCategory",
        "meterSubCategory", "meterRegion", "productName", "chargeType", "pricingModel", "frequency", "reservationId", "benefitId", "unitOfMeasure", "tags", "billingCurrency",
        "billingCurrencyCode", "costCenter", "consumedService", "resourceLocation", "publisherName", "term", "productOrderId",
    ];

    private static readonly string[] DateNames = ["date", "usageDate", "usageDateTime"];
    private static readonly string[] CostNames = ["costInBillingCurrency", "preTaxCost", "cost"];

    private readonly BillTable _table;
    private readonly bool _isAmortized;
    private readonly (byte[] Name, int Column)[] _identity;
    private readonly int _date, _month, _quantity, _cost, _listPrice, _currency, _pricingCurrency;

    public AzureExport(BillTable table, bool isAmortized)
    {
        (_table, _isAmortized) = (table, isAmortized);
        (_date, _quantity, _cost, _listPrice) = (table.ColumnLike(DateNames), table.ColumnLike("quantity", "usageQuantity"), table.ColumnLike(CostNames), table.ColumnLike("payGPrice"));
        _month = table.ColumnLike("billingPeriodStartDate");
        (_currency, _pricingCurrency) = (table.ColumnLike("billingCurrency", "billingCurrencyCode", "currency"), table.ColumnLike("pricingCurrency", "pricingCurrencyCode"));
        _identity = [.. IdentityNames.Select(n => (Name: n, Column: table.ColumnLike(n))).Where(n => n.Column >= 0).Select(n => (Encoding.UTF8.GetBytes((isAmortized ? "amortized " : "azure ") + n.Name), n.Column))];
        // Both agreements' exports have MM/dd/yyyy where they have no ISO day.
        table.Expect(DateOrder.MonthFirst);
        Warnings = _currency < 0 ? ["billingCurrency is missing: amounts are kept without a currency, apart from all others"] : [];
    }

    public BillSource Source => _isAmortized ? BillSource.AzureAmortized : BillSource.Azure;

    public IReadOnlyList<string> Warnings { get; }

    public long LineNumber => _table.LineNumber;

    /// <summary>Columns that a native export can't do without and the file lacks.</summary>
    public static IEnumerable<string> Missing(BillTable table) =>
        new (string Name, int Column)[] { ("date", table.ColumnLike(DateNames)), ("meterName", table.ColumnLike("meterName")), ("quantity", table.ColumnLike("quantity", "usageQuantity")), ("costInBillingCurrency", table.ColumnLike(CostNames)) }
            .Where(c => c.Column < 0).Select(c => c.Name);

    public bool Read() => _table.Read();

    public UInt128 Identity() => _table.Identity(_identity);

    public string? ReadAmounts(out CostAmounts amounts)
    {
        amounts = default;
        if (!_table.TryTime(_date, out var from))
            return _table.NoTime("date", _date, "day such as 11/20/2026 or 2026-11-20");
        if (_table.NoMonth("billingPeriodStartDate", _month) is { } noMonth)
            return noMonth;
        if (!_table.TryAmount(_cost, out var cost))
            return $"costInBillingCurrency '{_table.Text(_cost)}' is no number";
        if (!_table.TryAmount(_quantity, out var quantity))
            return $"quantity '{_table.Text(_quantity)}' is no number";
        if (!_table.TryAmount(_listPrice, out var listPrice))
            return $"payGPrice '{_table.Text(_listPrice)}' is no number";
        // The price is in the currency of prices, which need not be the bill's.
        var isOneCurrency = _pricingCurrency < 0 || _table.Span(_pricingCurrency).SequenceEqual(_table.Span(_currency));
        var list = isOneCurrency && listPrice is > 0 ? quantity * listPrice : null;
        amounts = new CostAmounts(from, from.AddDays(1), quantity, _isAmortized ? null : cost, _isAmortized ? cost : null, null, list);
        return null;
    }

    public CostFacet Describe()
    {
        var (category, subcategory, meter, unit) = (Field("meterCategory"), Field("meterSubCategory"), Field("meterName"), Field("unitOfMeasure"));
        var charge = Field("chargeType");
        var facet = new CostFacet
        {
            Source = Source,
            Provider = "Microsoft Azure",
            Service = category,
            Account = Field("subscriptionId", "subscriptionGuid"),
            BillingAccount = Field("billingAccountId"),
            BillingMonth = FieldText.First(_table.Month(_month), _table.Month(_date)),
            Project = Field("resourceGroup", "resourceGroupName"),
            Region = Field("resourceLocation", "meterRegion"),
            Tags = JsonTags.Write(JsonTags.Read(Field("tags"))),
            UsageType = meter,
            ChargeCategory = charge.Length > 0 ? charge : "Usage",
            Currency = _table.Text(_currency).ToUpperInvariant(),
            Unit = unit.Length > 0 ? unit : "units",
        };
        return AzureMeter.IsModels(category, subcategory) ? AzureMeter.Understand(facet, category, subcategory, meter, AzureMeter.TokensPerUnit(unit, meter)) : facet;
    }

    private string Field(params ReadOnlySpan<string> names) => _table.Text(_table.ColumnLike(names));
}
