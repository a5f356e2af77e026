using System.Text;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Insights.Imports.Azure;
using Sluice.Insights.Imports.Cur;
using Sluice.Insights.Imports.Gcp;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Focus;

/// <summary>FOCUS of any version and provider. Real exports aren't clean, so what the specification asks for and a file lacks is a warning.</summary>
internal sealed class FocusFormat : IBillFormat
{
    /// <summary>What tells one charge from another; as in the CUR, no amounts, prices and invoices.</summary>
    private static readonly string[] IdentityNames =
    [
        "BillingPeriodStart", "BillingAccountId", "SubAccountId", "ChargeCategory", "ChargeClass", "ChargeFrequency", "PricingCategory", "BillingCurrency", "PricingCurrency",
        "ProviderName", "PublisherName", "ServiceProviderName", "HostProviderName", "InvoiceIssuerName", "RegionId", "AvailabilityZone", "ResourceId",
        "ServiceCategory", "ServiceSubcategory", "ServiceName", "SkuId", "SkuMeter", "SkuPriceId", "SkuPriceid", "SkuPriceDetails", "ConsumedUnit", "PricingUnit",
        "CommitmentDiscountId", "CommitmentDiscountStatus", "CapacityReservationId", "AllocatedResourceId", "AllocatedTags", "PrincipalId", "Tags",
        "x_ServiceCode", "x_UsageType", "x_Operation",
    ];

    /// <summary>Columns that every version asks for and the store has a use for.</summary>
    private static readonly string[] Expected =
        ["BillingAccountId", "BillingCurrency", "BillingPeriodStart", "ChargeCategory", "ContractedCost", "EffectiveCost", "ListCost", "PricingQuantity", "PricingUnit", "ServiceCategory", "ServiceName"];

    /// <summary>Any of these in the details of a SKU's price says what was used.</summary>
    private static readonly string[] DetailNames = ["ModelId", "TokenDirection", "TokenType", "TokenCacheAction"];

    private readonly BillTable _table;
    private readonly (byte[] Name, int Column)[] _identity;
    private readonly int _start, _end, _monthStart, _monthEnd, _consumed, _consumedUnit, _priced, _billed, _effective, _contracted, _list;

    public FocusFormat(BillTable table)
    {
        _table = table;
        (_start, _end) = (table.Column("ChargePeriodStart"), table.Column("ChargePeriodEnd"));
        (_monthStart, _monthEnd) = (table.Column("BillingPeriodStart"), table.Column("BillingPeriodEnd"));
        (_consumed, _consumedUnit, _priced) = (table.Column("ConsumedQuantity"), table.Column("ConsumedUnit"), table.Column("PricingQuantity"));
        (_billed, _effective, _contracted, _list) = (table.Column("BilledCost"), table.Column("EffectiveCost"), table.Column("ContractedCost"), table.Column("ListCost"));
        _identity = [.. IdentityNames.Where(n => table.Column(n) >= 0).Select(n => (Encoding.UTF8.GetBytes(n), table.Column(n)))];
        Warnings = [.. Expected.Where(name => table.Column(name) < 0).Select(Warning)];
    }

    public static IReadOnlyList<string> Mandatory { get; } = ["ChargePeriodStart", "ChargePeriodEnd", "BilledCost"];

    public BillSource Source => BillSource.Focus;

    public IReadOnlyList<string> Warnings { get; }

    public long LineNumber => _table.LineNumber;

    public bool Read() => _table.Read();

    public UInt128 Identity() => _table.Identity(_identity);

    public string? ReadAmounts(out CostAmounts amounts)
    {
        amounts = default;
        _table.NoteMonth(_monthStart, _monthEnd);
        if (!_table.TryTime(_start, out var from))
            return _table.NoTime("ChargePeriodStart", _start, "time such as 2026-11-21T10:00:00Z");
        if (_table.NoMonth("BillingPeriodStart", _monthStart) is { } fault)
            return fault;
        if (!_table.TryTime(_end, out var to))
            return _table.NoTime("ChargePeriodEnd", _end, "time such as 2026-11-21T11:00:00Z");
        if (!_table.TryAmount(_billed, out var billed))
            return $"BilledCost '{_table.Text(_billed)}' is no number";
        if (!_table.TryAmount(_effective, out var effective))
            return $"EffectiveCost '{_table.Text(_effective)}' is no number";
        if (!_table.TryAmount(_contracted, out var contracted))
            return $"ContractedCost '{_table.Text(_contracted)}' is no number";
        if (!_table.TryAmount(_list, out var list))
            return $"ListCost '{_table.Text(_list)}' is no number";
        if (!_table.TryAmount(IsConsumed ? _consumed : _priced, out var quantity))
            return $"{(IsConsumed ? "ConsumedQuantity" : "PricingQuantity")} '{_table.Text(IsConsumed ? _consumed : _priced)}' is no number";
        amounts = new CostAmounts(from, to, quantity, billed, effective, contracted, list);
        return null;
    }

    public CostFacet Describe()
    {
        var unit = IsConsumed ? _table.Text(_consumedUnit) : _table.Text("PricingUnit");
        var facet = new CostFacet
        {
            Source = BillSource.Focus,
            // 1.4 has no ProviderName; ServiceProviderName took its place.
            Provider = FieldText.First(_table.Text("ServiceProviderName"), _table.Text("ProviderName"), _table.Text("InvoiceIssuerName")),
            Service = _table.Text("ServiceName"),
            Account = FieldText.First(_table.Text("SubAccountId"), _table.Text("BillingAccountId")),
            BillingAccount = _table.Text("BillingAccountId"),
            BillingMonth = _table.Month(_table.Column("BillingPeriodStart")),
            Project = _table.Text("SubAccountType").Contains("project", StringComparison.OrdinalIgnoreCase) ? _table.Text("SubAccountId") : "",
            Region = _table.Text("RegionId"),
            Principal = _table.Text("PrincipalId"),
            Tags = JsonTags.Write(JsonTags.Read(_table.Text("Tags"))),
            UsageType = FieldText.First(_table.Text("x_UsageType"), _table.Text("SkuMeter"), _table.Text("SkuId")),
            ChargeCategory = Category(),
            Currency = _table.Text("BillingCurrency").ToUpperInvariant(),
            Unit = unit,
        };
        var details = JsonTags.Read(_table.Text("SkuPriceDetails"));
        var isAwsExport = _table.Text("x_ServiceCode").StartsWith("AmazonBedrock", StringComparison.Ordinal) || BilledModels.IsEdition(facet.Service);
        facet = facet with { IsGenerativeAi = isAwsExport || BilledModels.IsBedrock(facet.Service) };
        // AWS's own export has the usage type in a column of its own; others that are made of it have it as the meter.
        if (isAwsExport && _table.Text("x_UsageType").Length > 0)
            return CurFormat.Understand(facet, facet.Service, unit);
        if (DetailNames.Any(name => Detail(details, name).Length > 0))
            return ByDetails(facet, details, unit);
        if (facet.IsGenerativeAi && UsageType.Parse(facet.UsageType).Kind is not null)
            return CurFormat.Understand(facet, facet.Service, unit);
        return OfProvider(facet, unit) ?? ByDetails(facet, details, unit);
    }

    /// <summary>Where a provider's FOCUS export says what was used in the words of its own one, and not in the details. Null for other rows.</summary>
    private CostFacet? OfProvider(CostFacet facet, string unit)
    {
        if (facet.Provider.Contains("Microsoft", StringComparison.OrdinalIgnoreCase))
        {
            var (category, subcategory) = (FieldText.First(_table.Text("x_SkuMeterCategory"), facet.Service), _table.Text("x_SkuMeterSubcategory"));
            var meter = FieldText.First(_table.Text("x_SkuMeterName"), facet.UsageType);
            // What was consumed is counted in single units; what was priced, in the blocks that the unit of measure names.
            var tokens = AzureMeter.TokensPerUnit(_table.Text("x_PricingUnitDescription"), meter);
            return AzureMeter.IsModels(category, subcategory)
                ? AzureMeter.Understand(facet with { UsageType = meter }, category, subcategory, meter, tokens > 0 && IsConsumed ? TokensPerUnit(unit) : tokens)
                : null;
        }
        var sku = FieldText.First(_table.Text("SkuMeter"), _table.Text("ChargeDescription"));
        return facet.Provider.Contains("Google", StringComparison.OrdinalIgnoreCase) && GcpExport.IsModels(facet.Service, sku)
            ? GcpExport.Understand(facet with { UsageType = sku }, sku)
            : null;
    }

    /// <summary>What is bought ahead costs nothing, effectively, until usage draws it down.</summary>
    private string Category() => (_table.Text("ChargeCategory"), _table.Text("CommitmentDiscountStatus")) switch
    {
        (_, "Unused") => CostFacet.UnusedCommitment,
        ("Purchase", _) when _table.TryAmount(_effective, out var effective) && effective == 0 => CostFacet.PrepaidPurchase,
        var (category, _) => category,
    };

    /// <summary>By the details of the SKU's price that the working group settled on.</summary>
    private CostFacet ByDetails(CostFacet facet, Dictionary<string, string> details, string unit)
    {
        var kind = TokenKind(details);
        var model = Detail(details, "ModelId");
        var isToken = kind is not null && unit.Contains("token", StringComparison.OrdinalIgnoreCase);
        var isGenerative = facet.IsGenerativeAi || isToken || model.Length > 0 || _table.Text("ServiceSubcategory") == "Generative AI";
        var known = model.Length > 0 ? PriceBook.Default.Models.Find(model) : BilledModels.IsEdition(facet.Service) ? BilledModels.Find(facet.Service) : null;
        return facet with
        {
            IsGenerativeAi = isGenerative,
            Model = known?.Id ?? model,
            Family = FieldText.First(Detail(details, "ModelFamily"), known?.Family),
            Developer = FieldText.First(Detail(details, "ModelDeveloper"), known?.Provider),
            Kind = isToken ? kind : null,
            Tier = isToken ? ServiceTier.Default.Name() : "",
            Scope = isToken ? "regional" : "",
            Unit = isToken ? "tokens" : unit,
            UnitFactor = isToken ? TokensPerUnit(unit) : 1,
            Unknown = isGenerative && !isToken && facet.ChargeCategory == "Usage" ? "kind" : "",
        };
    }

    /// <summary>A row counts what was consumed; one that only says what was priced, that.</summary>
    private bool IsConsumed => !FieldText.IsNull(_table.Span(_consumed));

    /// <summary>
    /// By the details that the working group settled on, or by the meter's name. FOCUS doesn't tell the lifetime of a cache write; it is
    /// taken as the shortest.
    /// </summary>
    private UsageKind? TokenKind(Dictionary<string, string> details)
    {
        var direction = FieldText.First(Detail(details, "TokenDirection"), Detail(details, "TokenType"));
        var meter = (_table.Text("SkuMeter") is { Length: > 0 } named ? named : direction).ToLowerInvariant();
        var cache = Detail(details, "TokenCacheAction").ToLowerInvariant();
        if (cache == "read" || (meter.Contains("cache", StringComparison.Ordinal) && meter.Contains("read", StringComparison.Ordinal)))
            return UsageKind.CacheRead;
        if (cache == "write" || (meter.Contains("cache", StringComparison.Ordinal) && meter.Contains("write", StringComparison.Ordinal)))
            return meter.Contains("1h", StringComparison.Ordinal) ? UsageKind.CacheWrite1h : UsageKind.CacheWrite5m;
        if (direction.Equals("Output", StringComparison.OrdinalIgnoreCase) || meter.StartsWith("output", StringComparison.Ordinal))
            return UsageKind.Output;
        return direction.Equals("Input", StringComparison.OrdinalIgnoreCase) || meter.StartsWith("input", StringComparison.Ordinal) ? UsageKind.Input : null;
    }

    /// <summary>Before the release that defines them, such keys carry the prefix of custom ones.</summary>
    private static string Detail(Dictionary<string, string> details, string key) => FieldText.First(details.GetValueOrDefault(key), details.GetValueOrDefault("x_" + key));

    /// <summary><c>1000000 Tokens</c> is a unit of a million.</summary>
    private static decimal TokensPerUnit(string unit)
    {
        var space = unit.IndexOf(' ', StringComparison.Ordinal);
        var number = space > 0 ? unit[..space].ToUpperInvariant() : "";
        return number switch
        {
            "1K" => 1_000,
            "1M" => 1_000_000,
            _ => long.TryParse(number, System.Globalization.NumberStyles.AllowThousands, System.Globalization.CultureInfo.InvariantCulture, out var count) && count > 0 ? count : 1,
        };
    }

    private static string Warning(string column) => column == "BillingCurrency"
        ? "BillingCurrency is missing: amounts are kept without a currency, apart from all others"
        : $"{column} is missing, which FOCUS asks for";
}
