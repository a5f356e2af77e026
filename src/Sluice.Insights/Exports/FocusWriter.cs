using System.Globalization;
using CsvHelper;
using Sluice.Core.Metering;
using Sluice.Insights.Conformance;
using Sluice.Insights.Store;

namespace Sluice.Insights.Exports;

/// <summary>Writes charges as a FOCUS file of one version.</summary>
public sealed class FocusWriter : IDisposable
{
    private const decimal TokensPerPrice = 1_000_000;

    private static readonly string[] Custom =
        ["x_Basis", "x_ModelId", "x_Kind", "x_Tier", "x_Scope", "x_UsageType", "x_Principal", "x_EstimatedCost", "x_UnpricedLines", "x_AssumedCosts"];

    private static readonly HashSet<string> Filled =
    [
        "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency",
        "ChargePeriodEnd", "ChargePeriodStart", "ConsumedQuantity", "ConsumedUnit", "ContractedCost", "ContractedUnitPrice", "EffectiveCost", "HostProviderName", "InvoiceIssuerName", "ListCost",
        "ListUnitPrice", "PricingCategory", "PricingQuantity", "PricingUnit", "ProviderName", "PublisherName", "RegionId", "RegionName", "ServiceCategory", "ServiceName", "ServiceProviderName",
        "ServiceSubcategory", "SkuId", "SkuMeter", "SkuPriceDetails", "SkuPriceId", "SubAccountId", "SubAccountName", "SubAccountType", "Tags",
    ];

    private readonly CsvWriter _csv;
    private readonly string[] _columns;

    /// <param name="output">Owned by the caller.</param>
    public FocusWriter(TextWriter output, FocusVersion version)
    {
        _csv = CsvWriter.Create(output, CsvWriterOptions.Default with { NewLine = "\n" }, leaveOpen: true);
        _columns = [.. FocusColumns.Of(version).Select(c => c.Name).Where(Filled.Contains), .. Custom];
        _csv.WriteRecord(_columns);
    }

    public void Write(FocusCharge charge)
    {
        var values = Values(charge);
        _csv.WriteRecord([.. _columns.Select(c => values.GetValueOrDefault(c, ""))]);
    }

    public void Dispose() => _csv.Dispose();

    private static Dictionary<string, string> Values(FocusCharge charge)
    {
        var price = PricedParts.Of(charge, IsToken(charge) ? TokensPerPrice : 1);
        var month = new DateTimeOffset(charge.From.Year, charge.From.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["BilledCost"] = Text(charge.Billed),
            ["EffectiveCost"] = Text(charge.Effective),
            ["ContractedCost"] = Text(charge.Contracted),
            ["ListCost"] = Text(charge.List),
            ["BillingAccountId"] = charge.BillingAccount,
            ["BillingAccountName"] = charge.BillingAccount,
            ["BillingCurrency"] = charge.Currency,
            ["BillingPeriodStart"] = Text(month),
            ["BillingPeriodEnd"] = Text(month.AddMonths(1)),
            ["ChargePeriodStart"] = Text(charge.From),
            ["ChargePeriodEnd"] = Text(charge.To),
            ["ChargeCategory"] = price.Category,
            ["ChargeDescription"] = Description(charge),
            ["ChargeFrequency"] = price.Category == "Usage" ? "Usage-Based" : "One-Time",
            ["ProviderName"] = charge.Provider,
            ["ServiceProviderName"] = charge.Provider,
            ["HostProviderName"] = charge.Provider,
            ["InvoiceIssuerName"] = charge.Provider,
            ["PublisherName"] = charge.Developer.Length > 0 ? charge.Developer : charge.Provider,
            ["ServiceCategory"] = "AI and Machine Learning",
            ["ServiceSubcategory"] = "Generative AI",
            ["ServiceName"] = charge.Service,
            ["RegionId"] = charge.Region,
            ["RegionName"] = charge.Region,
            ["SubAccountId"] = charge.SubAccount,
            ["SubAccountName"] = charge.SubAccount,
            ["SubAccountType"] = charge.SubAccount.Length == 0 ? "" : charge.Basis == "metered" ? "Gateway Key" : "Account",
            ["Tags"] = charge.Tags == "{}" ? "" : charge.Tags,
            ["x_Basis"] = charge.Basis,
            ["x_ModelId"] = charge.Model,
            ["x_Kind"] = charge.Kind?.Name() ?? "",
            ["x_Tier"] = charge.Tier,
            ["x_Scope"] = charge.Scope,
            ["x_UsageType"] = charge.UsageType,
            ["x_Principal"] = charge.Principal,
            ["x_EstimatedCost"] = charge.Estimated is { } estimated ? Text(estimated) : "",
            ["x_UnpricedLines"] = charge.Unpriced.ToString(CultureInfo.InvariantCulture),
            ["x_AssumedCosts"] = charge.Assumed,
        };
        AddUnits(values, charge, price);
        if (price.Category != "Tax")
            AddSku(values, charge);
        return values;
    }

    private static void AddUnits(Dictionary<string, string> values, FocusCharge charge, PricedParts price)
    {
        if (price.Category == "Usage")
        {
            values["ConsumedQuantity"] = Text(charge.Quantity ?? 0);
            values["ConsumedUnit"] = Unit(charge);
        }
        if (price.Quantity is { } quantity)
        {
            values["PricingQuantity"] = Text(quantity);
            values["PricingUnit"] = IsToken(charge) ? "1000000 Tokens" : Unit(charge);
        }
        if (price.ListUnit is not { } list || price.ContractedUnit is not { } contracted)
            return;
        values["ListUnitPrice"] = Text(list);
        values["ContractedUnitPrice"] = Text(contracted);
        values["PricingCategory"] = "Standard";
    }

    /// <summary>What was priced. The keys are those that the working group settled on, under the prefix that they need until a release has them.</summary>
    private static void AddSku(Dictionary<string, string> values, FocusCharge charge)
    {
        var what = charge.Kind?.Name() ?? (charge.UsageType.Length > 0 ? charge.UsageType : charge.Category);
        var sku = string.Join('/', new[] { charge.Model.Length > 0 ? charge.Model : charge.Service, what }.Where(p => p.Length > 0));
        values["SkuId"] = sku;
        values["SkuPriceId"] = string.Join('/', sku, charge.Region, charge.Scope, charge.Tier, charge.UsageType);
        values["SkuMeter"] = charge.Kind is { } kind ? Meter(kind) : charge.UsageType;
        var details = new List<KeyValuePair<string, string>>();
        void Detail(string key, string value)
        {
            if (value.Length > 0)
                details.Add(KeyValuePair.Create(key, value));
        }
        Detail("x_ModelId", charge.Model);
        Detail("x_ModelFamily", charge.Family);
        Detail("x_ModelDeveloper", charge.Developer);
        if (charge.Kind is { } token && token.IsToken())
        {
            Detail("x_TokenDirection", token == UsageKind.Output ? "Output" : "Input");
            Detail("x_TokenCacheAction", token switch { UsageKind.CacheRead => "Read", UsageKind.CacheWrite5m or UsageKind.CacheWrite1h => "Write", _ => "Uncached" });
        }
        values["SkuPriceDetails"] = details.Count > 0 ? JsonTags.Write(details) : "";
    }

    private static bool IsToken(FocusCharge charge) => charge.Kind is { } kind && kind.IsToken();

    private static string Meter(UsageKind kind) => kind switch
    {
        UsageKind.Input => "Input Tokens",
        UsageKind.Output => "Output Tokens",
        UsageKind.CacheRead => "Cache Read Input Tokens",
        UsageKind.CacheWrite5m => "Cache Write Input Tokens",
        UsageKind.CacheWrite1h => "Cache Write Input Tokens (1h)",
        _ => Words(kind.Name()),
    };

    private static string Unit(FocusCharge charge) => IsToken(charge) ? "Tokens" : charge.Kind is { } kind ? Words(kind.Name()) + "s" : charge.Unit.Length > 0 ? charge.Unit : "Units";

    private static string Words(string name) => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(name.Replace('_', ' '));

    private static string Description(FocusCharge charge) =>
        string.Join(" of ", new[] { charge.Kind is { } kind ? Meter(kind) : charge.UsageType.Length > 0 ? charge.UsageType : charge.Category, charge.Model.Length > 0 ? charge.Model : charge.Service }.Where(p => p.Length > 0));

    private static string Text(decimal value) => value.ToString("0.############################", CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
