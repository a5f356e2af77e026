using System.Text;
using Sluice.Core.Metering;
using Sluice.Core.Pricing;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Cur;

/// <summary>AWS's Cost and Usage Report; the legacy one's column names are turned into those of 2.0.</summary>
internal sealed class CurFormat : IBillFormat
{
    private const string TagColumn = "resource_tags_";

    /// <summary>What tells one charge from another. No amounts, prices and rates; nor invoice and line ids, which a restated bill gives anew.</summary>
    private static readonly string[] IdentityNames =
    [
        "bill_billing_period_start_date", "bill_payer_account_id", "line_item_usage_account_id", "line_item_line_item_type", "line_item_legal_entity",
        "line_item_product_code", "line_item_usage_type", "line_item_operation", "line_item_availability_zone", "line_item_resource_id",
        "line_item_iam_principal", "line_item_currency_code", "line_item_tax_type", "pricing_unit", "pricing_term", "product", "product_product_name", "product_region_code",
        "reservation_reservation_a_r_n", "savings_plan_savings_plan_a_r_n", "cost_category", "resource_tags", "tags",
    ];

    private readonly BillTable _table;
    private readonly (byte[] Name, int Column)[] _identity;
    private readonly (string Tag, int Column)[] _tagColumns;
    private readonly AmortisedCost _amortised;
    private readonly int _start, _end, _month, _amount, _billed, _list;
    private bool _lacksProducts;

    public CurFormat(BillTable table)
    {
        _table = table;
        _start = table.Column("line_item_usage_start_date");
        _end = table.Column("line_item_usage_end_date");
        _month = table.Column("bill_billing_period_start_date");
        _amount = table.Column("line_item_usage_amount");
        _billed = table.Column("line_item_unblended_cost");
        _amortised = new AmortisedCost(table);
        _list = table.Column("pricing_public_on_demand_cost");
        _tagColumns = [.. table.Columns.Where(c => c.StartsWith(TagColumn, StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(c => (c[TagColumn.Length..], table.Column(c)))];
        _identity = [.. IdentityNames.Concat(_tagColumns.Select(t => TagColumn + t.Tag)).Where(n => table.Column(n) >= 0).Select(n => (Encoding.UTF8.GetBytes(n), table.Column(n)))];
    }

    public static IReadOnlyList<string> Mandatory { get; } =
        ["line_item_usage_start_date", "line_item_usage_end_date", "line_item_usage_type", "line_item_product_code", "line_item_usage_amount", "line_item_unblended_cost", "line_item_currency_code"];

    public BillSource Source => BillSource.Cur;

    public IReadOnlyList<string> Warnings => _lacksProducts
        ? [.. _amortised.Warnings, "Models that the Marketplace bills are named in the column product alone, which the export lacks; export it (in a legacy report product/ProductName) and import again"]
        : [.. _amortised.Warnings];

    /// <summary><c>lineItem/UsageStartDate</c> becomes <c>line_item_usage_start_date</c>; names of 2.0 stay.</summary>
    public static string Normalise(string header)
    {
        var slash = header.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return header.Trim();
        var name = new StringBuilder();
        if (header.StartsWith("resourceTags/", StringComparison.Ordinal))
            return TagColumn + header[(slash + 1)..];
        foreach (var (i, c) in header.Index())
        {
            if (char.IsAsciiLetterUpper(c) && i > 0 && header[i - 1] != '/')
                name.Append('_');
            name.Append(c == '/' ? '_' : char.ToLowerInvariant(c));
        }
        return name.ToString();
    }

    public long LineNumber => _table.LineNumber;

    public bool Read() => _table.Read();

    public UInt128 Identity() => _table.Identity(_identity);

    public string? ReadAmounts(out CostAmounts amounts)
    {
        amounts = default;
        if (!_table.TryTime(_start, out var from))
            return _table.NoTime("line_item_usage_start_date", _start, "time such as 2026-11-21T10:00:00Z");
        if (_table.NoMonth("bill_billing_period_start_date", _month) is { } noMonth)
            return noMonth;
        if (!_table.TryTime(_end, out var to))
            return _table.NoTime("line_item_usage_end_date", _end, "time such as 2026-11-21T11:00:00Z");
        if (!_table.TryAmount(_amount, out var quantity))
            return $"line_item_usage_amount '{_table.Text(_amount)}' is no number";
        if (!_table.TryAmount(_billed, out var billed))
            return $"line_item_unblended_cost '{_table.Text(_billed)}' is no number";
        if (_amortised.Read(billed, out var effective) is { } fault)
            return fault;
        if (!_table.TryAmount(_list, out var list))
            return $"pricing_public_on_demand_cost '{_table.Text(_list)}' is no number";
        amounts = new CostAmounts(from, to, quantity, billed, effective, null, list);
        return null;
    }

    public CostFacet Describe()
    {
        var product = JsonTags.Read(_table.Text("product"));
        var code = _table.Text("line_item_product_code");
        var name = FieldText.First(product.GetValueOrDefault("product_name"), _table.Text("product_product_name"), product.GetValueOrDefault("servicename"));
        var service = FieldText.First(name, code);
        var serviceCode = FieldText.First(_table.Text("product_servicecode"), product.GetValueOrDefault("servicecode"));
        var facet = new CostFacet
        {
            Source = BillSource.Cur,
            Provider = "AWS",
            Service = service,
            Account = _table.Text("line_item_usage_account_id"),
            BillingAccount = _table.Text("bill_payer_account_id"),
            BillingMonth = _table.Month(_month),
            Project = Project(_table.Text("line_item_resource_id")),
            Region = FieldText.First(_table.Text("product_region_code"), _table.Text("product_region")),
            Principal = _table.Text("line_item_iam_principal"),
            Tags = JsonTags.Write(Tags()),
            UsageType = _table.Text("line_item_usage_type"),
            ChargeCategory = FieldText.First(_table.Text("line_item_line_item_type"), "Usage"),
            Currency = _table.Text("line_item_currency_code").ToUpperInvariant(),
            Unit = FieldText.First(_table.Text("pricing_unit"), "units"),
            IsGenerativeAi = code.StartsWith("AmazonBedrock", StringComparison.Ordinal) || serviceCode.StartsWith("AmazonBedrock", StringComparison.Ordinal) || BilledModels.IsEdition(service),
        };
        if (name.Length == 0 && !facet.IsGenerativeAi && UsageType.Parse(facet.UsageType) is { IsMarketplace: true, Kind: not null })
        {
            _lacksProducts = true;
            facet = facet with { IsGenerativeAi = true };
        }
        return facet.IsGenerativeAi ? Understand(facet, service, FieldText.First(_table.Text("pricing_unit"), "")) : facet;
    }

    /// <summary>Reads a usage type of Bedrock into the facet's words; also for FOCUS exports of AWS, which carry it in a column of their own.</summary>
    public static CostFacet Understand(CostFacet facet, string service, string pricingUnit)
    {
        // Taxes, credits and fees are kept as they are: they count nothing.
        var counts = facet.ChargeCategory is "Usage" or "DiscountedUsage" or "SavingsPlanCoveredUsage";
        var usage = UsageType.Parse(facet.UsageType);
        var name = usage.IsMarketplace || (usage.ModelKey.Length == 0 && BilledModels.IsEdition(service)) ? service : usage.ModelKey;
        var model = name.Length > 0 ? BilledModels.Find(name) : null;
        var unknown = new List<string>();
        if (counts && usage.Kind is null)
            unknown.Add("kind");
        if (counts && model is null && !usage.IsGuardrail)
            unknown.Add($"model {name}".TrimEnd());
        if (counts && usage.UnknownTail.Length > 0)
            unknown.Add($"tail {usage.UnknownTail}");
        return facet with
        {
            Model = usage.IsGuardrail ? "" : model?.Id ?? name,
            Family = model?.Family ?? "",
            Developer = model?.Provider ?? "",
            Kind = counts ? usage.Kind : null,
            Tier = usage.UnknownTail.Length > 0 ? $"unknown:{usage.UnknownTail}" : usage.Tier.Name(),
            Scope = usage.IsGlobal ? "global" : "regional",
            IsBatch = usage.IsBatch,
            IsLatencyOptimized = usage.IsLatencyOptimized,
            IsLongContext = usage.IsLongContext,
            Region = FieldText.First(facet.Region, usage.Region),
            Unit = TokenUnits.Of(usage.Kind) ?? facet.Unit,
            UnitFactor = TokenUnits.Of(usage.Kind) is not null ? TokensPerUnit(pricingUnit, usage.IsMarketplace) : 1,
            Unknown = string.Join(", ", unknown),
        };
    }

    /// <summary>AWS's own items count thousands of tokens, the Marketplace's millions; a unit that says so itself is believed.</summary>
    private static decimal TokensPerUnit(string unit, bool isMarketplace) => unit.ToLowerInvariant() switch
    {
        "1k tokens" or "1000 tokens" or "1k" or "thousand tokens" => 1_000,
        "1m tokens" or "1000000 tokens" or "1m" or "million tokens" => 1_000_000,
        "token" or "tokens" => 1,
        _ => isMarketplace ? 1_000_000 : 1_000,
    };

    /// <summary>Of the map of 2.0 and of the columns of the legacy report, without the prefix that says who defined the tag.</summary>
    private Dictionary<string, string> Tags()
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        var columns = _tagColumns.Select(t => (Name: t.Tag, Value: _table.Text(t.Column)));
        var map = JsonTags.Read(_table.Text("resource_tags")).Concat(JsonTags.Read(_table.Text("tags"))).Select(p => (Name: p.Key, p.Value));
        foreach (var (name, value) in columns.Concat(map))
        {
            if (value.Length > 0)
                tags[name.StartsWith("user_", StringComparison.Ordinal) || name.StartsWith("user:", StringComparison.Ordinal) ? name[5..] : name] = value;
        }
        return tags;
    }

    /// <summary>Usage of the mantle endpoint belongs to a project of Bedrock, which the resource's ARN names.</summary>
    private static string Project(string resource)
    {
        const string Marker = ":project/";
        var at = resource.StartsWith("arn:aws:bedrock", StringComparison.Ordinal) ? resource.IndexOf(Marker, StringComparison.Ordinal) : -1;
        return at < 0 ? "" : resource[(at + Marker.Length)..];
    }
}
