using System.Globalization;
using System.Text;
using Parquet;
using Parquet.Schema;

namespace Sluice.Insights.Tests.Harness;

/// <summary>A row of a CUR 2.0 with the types that AWS's Parquet has: doubles, times, maps.</summary>
internal sealed record CurRow(
    string UsageType, string Type, DateTime Hour, double Amount, double Cost, double? NetCost, string? Resource, (string Key, string? Value)[] Product, (string Key, string? Value)[]? Tags)
{
    private static readonly string[] UsageTypes = ["USE1-NovaLite-input-tokens", "USE1-NovaLite-output-tokens", "EUW1-Claude4.6Sonnet-cache-read-input-token-count", "Lambda-GB-Second"];
    private static readonly string[] Teams = ["search", "søk", "it's \"one\", two", "a\\b\nc", ""];

    public static CurRow[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => new CurRow(
            UsageTypes[random.Next(UsageTypes.Length)],
            random.Next(9) == 0 ? "Tax" : "Usage",
            new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc).AddHours(random.Next(720)),
            random.Next(3) == 0 ? random.Next(1_000_000) : random.NextDouble() * 1000,
            random.NextDouble() * Math.Pow(10, random.Next(-9, 4)) * (random.Next(9) == 0 ? -1 : 1),
            random.Next(2) == 0 ? null : random.NextDouble(),
            random.Next(2) == 0 ? null : $"arn:aws:bedrock:us-east-1:1:inference-profile/p{random.Next(5)}",
            [("product_name", "Amazon Bedrock"), ("servicecode", "AmazonBedrock")],
            random.Next(4) switch { 0 => null, 1 => [], _ => [("user_team", Teams[random.Next(Teams.Length)]), ("user_app", $"app{random.Next(3)}")] }))];
    }

    public static string Csv(IEnumerable<CurRow> rows)
    {
        var text = new StringBuilder("bill_billing_period_start_date,bill_payer_account_id,line_item_currency_code,line_item_line_item_type,line_item_operation,line_item_product_code,line_item_unblended_cost,"
            + "line_item_net_unblended_cost,line_item_resource_id,line_item_usage_account_id,line_item_usage_amount,line_item_usage_end_date,line_item_usage_start_date,line_item_usage_type,pricing_unit,product,resource_tags\n");
        foreach (var row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"2026-11-01T00:00:00.000Z,999900000001,USD,{row.Type},InvokeModelInference,AmazonBedrock,{row.Cost:R},{row.NetCost:R},{row.Resource},111122223333,{row.Amount:R},")
                .Append(CultureInfo.InvariantCulture, $"{row.Hour.AddHours(1):yyyy-MM-dd'T'HH:mm:ss.fff'Z'},{row.Hour:yyyy-MM-dd'T'HH:mm:ss.fff'Z'},{row.UsageType},1K tokens,{Quoted(Json(row.Product))},{Quoted(row.Tags is null ? "" : Json(row.Tags))}\n");
        }
        return text.ToString();
    }

    public static Task<byte[]> ParquetAsync(CurRow[] rows, CompressionMethod compression = CompressionMethod.Snappy, int rowsOfGroup = int.MaxValue) =>
        new ParquetFile(rows.Length) { Compression = compression, RowsOfGroup = rowsOfGroup }
            .Values<DateTime>(Time("bill_billing_period_start_date"), _ => new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc)).Texts("bill_payer_account_id", _ => "999900000001")
            .Texts("line_item_currency_code", _ => "USD").Texts("line_item_line_item_type", i => rows[i].Type).Texts("line_item_operation", _ => "InvokeModelInference").Texts("line_item_product_code", _ => "AmazonBedrock")
            .Values<double>("line_item_unblended_cost", i => rows[i].Cost).Values<double>("line_item_net_unblended_cost", i => rows[i].NetCost).Texts("line_item_resource_id", i => rows[i].Resource)
            .Texts("line_item_usage_account_id", _ => "111122223333").Values<double>("line_item_usage_amount", i => rows[i].Amount)
            .Values<DateTime>(Time("line_item_usage_end_date"), i => rows[i].Hour.AddHours(1)).Values<DateTime>(Time("line_item_usage_start_date"), i => rows[i].Hour)
            .Texts("line_item_usage_type", i => rows[i].UsageType).Texts("pricing_unit", _ => "1K tokens").Maps("product", i => rows[i].Product).Maps("resource_tags", i => rows[i].Tags).ToBytesAsync();

    private static DateTimeDataField Time(string name) => new(name, DateTimeFormat.Timestamp, isAdjustedToUTC: true, unit: DateTimeTimeUnit.Millis, isNullable: true);

    /// <summary>As AWS writes maps into CSV: without blanks, and nothing escaped that needn't be.</summary>
    private static string Json((string Key, string? Value)[] pairs) => "{" + string.Join(',', pairs.Select(p => $"\"{Escaped(p.Key)}\":\"{Escaped(p.Value!)}\"")) + "}";

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Quoted(string text) => text.Length == 0 ? "" : "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
