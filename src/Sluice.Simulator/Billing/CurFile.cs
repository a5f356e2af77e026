using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using CsvHelper;

namespace Sluice.Simulator.Billing;

/// <summary>Writes the bill as AWS's Cost and Usage Report 2.0 exports it to CSV, where maps are JSON text.</summary>
internal static class CurFile
{
    private static readonly string[] Columns = [
        "bill_billing_entity", "bill_billing_period_start_date", "bill_payer_account_id", "line_item_currency_code", "line_item_iam_principal",
        "line_item_line_item_description", "line_item_line_item_type", "line_item_operation", "line_item_product_code", "line_item_resource_id",
        "line_item_unblended_cost", "line_item_unblended_rate", "line_item_usage_account_id", "line_item_usage_amount", "line_item_usage_end_date",
        "line_item_usage_start_date", "line_item_usage_type", "pricing_unit", "product", "product_region_code", "product_servicecode", "resource_tags"];

    public static void Write(TextWriter output, SimulatorBill bill, string payerAccountId)
    {
        using var csv = CsvWriter.Create(output, CsvWriterOptions.Default with { NewLine = "\n" }, leaveOpen: true);
        csv.WriteHeader(Columns);
        foreach (var row in bill.Rows())
            csv.WriteRecord(Fields(row, payerAccountId));
    }

    private static string[] Fields(BillRow row, string payerAccountId) => [
        row.IsMarketplace ? "AWS Marketplace" : "AWS",
        Date(new DateTimeOffset(row.Hour.Year, row.Hour.Month, 1, 0, 0, 0, TimeSpan.Zero)),
        payerAccountId,
        "USD",
        row.PrincipalArn,
        Description(row),
        "Usage",
        row.Operation,
        row.ProductCode,
        row.ResourceId ?? "",
        Number(row.CostUsd),
        Number(row.RateUsd),
        row.AccountId,
        Number(row.Amount),
        Date(row.Hour.AddHours(1)),
        Date(row.Hour),
        row.UsageType,
        row.PricingUnit,
        Map([new("product_name", row.ServiceName), new("servicename", row.ServiceName)]),
        row.Region,
        row.IsMarketplace ? "AmazonBedrockFoundationModels" : row.ProductCode,
        Map([.. row.ResourceTags.Select(tag => new KeyValuePair<string, string>("user_" + tag.Key, tag.Value))]),
    ];

    private static string Description(BillRow row) => row.RateUsd is { } rate
        ? $"${Number(rate)} per {row.PricingUnit} for {row.UsageType}"
        : $"No price known to the simulator for {row.UsageType}";

    private static string Number(decimal? value) => value?.ToString("0.##################", CultureInfo.InvariantCulture) ?? "";

    private static string Date(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Map(ImmutableArray<KeyValuePair<string, string>> pairs)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (key, value) in pairs)
                json.WriteString(key, value);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
