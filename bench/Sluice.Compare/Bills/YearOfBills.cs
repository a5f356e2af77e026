using System.Globalization;
using System.IO.Compression;
using System.Text;
using Sluice.Core.Pricing;

namespace Sluice.Compare.Bills;

/// <summary>
/// A CUR of a year by the hour: 1,000 pairs of a model and an app with a row in every hour, their kinds in turn, and rows of other services
/// between them up to the number asked for. Within a day rows go by pair, so that they don't come in the order of the store.
/// </summary>
internal sealed class YearOfBills(long rows)
{
    public const string Payer = "999900000001";
    public const string Currency = "USD";
    public const string LineType = "Usage";
    public const string Region = "us-east-1";

    private const int Models = 50, Apps = 20, Teams = 8, Tasks = 12, Accounts = 5;
    private const int Days = 365;

    private static readonly DateTime Start = new(2025, 11, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly string[] Kinds = ["input-tokens", "cache-read-input-token-count", "cache-write-input-token-count", "output-tokens"];
    private static readonly decimal[] Prices = [0.003m, 0.0003m, 0.00375m, 0.015m];
    private static readonly string[] Others = ["Amazon Simple Storage Service", "AWS Lambda", "Amazon API Gateway", "Amazon Elastic Compute Cloud"];

    /// <summary>The first days, with other amounts: what a restated bill looks like.</summary>
    public void WriteRestated(string file, int days) => WriteCsv(file, Lines(days, 7));

    public void Write(string file) => WriteCsv(file, Lines());

    /// <summary>The rows of the year in the order of the bill.</summary>
    public IEnumerable<BillLine> Lines() => Lines(Days, 0);

    /// <summary>Plain, or gzip if the name says so.</summary>
    public static void WriteCsv(string file, IEnumerable<BillLine> lines)
    {
        using var stream = File.Create(file, 1 << 20);
        using var packed = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionLevel.Fastest) : null;
        using var output = new StreamWriter((Stream?)packed ?? stream, new UTF8Encoding(false), 1 << 20);
        output.Write("bill_billing_period_start_date,bill_payer_account_id,line_item_currency_code,line_item_line_item_type,line_item_operation,line_item_product_code,line_item_unblended_cost,line_item_net_unblended_cost,pricing_public_on_demand_cost,line_item_usage_account_id,line_item_usage_amount,line_item_usage_start_date,line_item_usage_end_date,line_item_usage_type,line_item_iam_principal,line_item_resource_id,product_region_code,pricing_unit,product,resource_tags\n");
        foreach (var line in lines)
        {
            output.Write(string.Create(CultureInfo.InvariantCulture, $"{Time(line.Month)},{Payer},{Currency},{LineType},{line.Operation},{line.Product},{line.Billed},{line.Net},{line.List},{line.Account},{line.Amount},"));
            output.Write($"{Time(line.From)},{Time(line.To)},{line.UsageType},{line.Principal},{line.Resource},{Region},{line.Unit},\"{{\"\"product_name\"\":\"\"{line.ProductName}\"\"}}\",");
            if (line.Tags is not null)
                output.Write($"\"{{{string.Join(',', line.Tags.Select(t => $"\"\"{t.Key}\"\":\"\"{t.Value}\"\""))}}}\"");
            output.Write('\n');
        }
    }

    private static string Time(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.000'Z'", CultureInfo.InvariantCulture);

    private IEnumerable<BillLine> Lines(int days, int more)
    {
        var models = ModelKeys();
        var random = new Random(5);
        // Others fill up what pairs leave, the same number every day.
        var others = Math.Max(0, (int)((rows - ((long)Days * 24 * Models * Apps)) / Days));
        for (var day = 0; day < days; day++)
        {
            var midnight = Start.AddDays(day);
            var month = new DateTime(midnight.Year, midnight.Month, 1, 0, 0, 0, DateTimeKind.Utc);
            for (var pair = 0; pair < Models * Apps; pair++)
            {
                var (model, app) = (models[pair % Models], pair / Models);
                (string, string)[] tags = [("user_app", $"app-{app:00}"), ("user_team", $"team-{app % Teams}"), ("user_task", $"task-{app % Tasks:00}")];
                var account = $"11112222333{app % Accounts}";
                for (var hour = 0; hour < 24; hour++)
                {
                    var kind = (hour + pair) % Kinds.Length;
                    var thousands = (random.Next(100_000) + more) / 1000m;
                    var list = thousands * Prices[kind];
                    yield return new BillLine(
                        month, "InvokeModelInference", "AmazonBedrock", list, list * 0.9m, list, account, thousands, midnight.AddHours(hour), midnight.AddHours(hour + 1),
                        $"USE1-{model}-{Kinds[kind]}", $"arn:aws:iam::{account}:role/app-{app:00}", null, "1K tokens", "Amazon Bedrock", tags);
                }
            }
            for (var i = 0; i < others; i++)
            {
                var (hour, other, app) = (i % 24, i / 24 % Others.Length, i / 96);
                var usd = (random.Next(10_000) + more) / 10_000m;
                yield return new BillLine(
                    month, null, Others[other], usd, usd, usd, "111122223330", 1, midnight.AddHours(hour), midnight.AddHours(hour + 1),
                    "USE1-Usage", null, $"resource-{app:000}", "Hrs", Others[other], app % 2 == 0 ? [("user_app", $"app-{app % Apps:00}")] : null);
            }
        }
    }

    /// <summary>As usage types spell models: the id without its maker and revision.</summary>
    private static string[] ModelKeys() =>
    [
        .. PriceBook.Default.Models.All
            .Where(m => m.Exists && !m.Id.Contains('/', StringComparison.Ordinal))
            .Select(m => m.Id[(m.Id.IndexOf('.', StringComparison.Ordinal) + 1)..])
            .Where(key => PriceBook.Default.Models.Resolve(key) is not null && !key.Contains("text", StringComparison.Ordinal) && !key.Contains("image", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal)
            .Take(Models),
    ];
}
