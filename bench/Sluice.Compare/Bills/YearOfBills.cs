using System.Globalization;
using System.Text;
using Sluice.Core.Pricing;

namespace Sluice.Compare.Bills;

/// <summary>
/// A CUR of a year by the hour: 1,000 pairs of a model and an app with a row in every hour, their kinds in turn, and rows of other services
/// between them up to the number asked for. Within a day rows go by pair, so that they don't come in the order of the store.
/// </summary>
internal sealed class YearOfBills(long rows)
{
    private const int Models = 50, Apps = 20, Teams = 8, Tasks = 12, Accounts = 5;
    private const int Days = 365;

    private static readonly DateTime Start = new(2025, 11, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly string[] Kinds = ["input-tokens", "cache-read-input-token-count", "cache-write-input-token-count", "output-tokens"];
    private static readonly decimal[] Prices = [0.003m, 0.0003m, 0.00375m, 0.015m];
    private static readonly string[] Others = ["Amazon Simple Storage Service", "AWS Lambda", "Amazon API Gateway", "Amazon Elastic Compute Cloud"];

    /// <summary>The first days, with other amounts: what a restated bill looks like.</summary>
    public void WriteRestated(string file, int days) => Write(file, days, 7);

    public void Write(string file) => Write(file, Days, 0);

    private void Write(string file, int days, int more)
    {
        using var output = new StreamWriter(file, append: false, new UTF8Encoding(false), 1 << 20);
        output.Write("bill_billing_period_start_date,bill_payer_account_id,line_item_currency_code,line_item_line_item_type,line_item_operation,line_item_product_code,line_item_unblended_cost,line_item_net_unblended_cost,pricing_public_on_demand_cost,line_item_usage_account_id,line_item_usage_amount,line_item_usage_start_date,line_item_usage_end_date,line_item_usage_type,line_item_iam_principal,line_item_resource_id,product_region_code,pricing_unit,product,resource_tags\n");
        var models = ModelKeys();
        var random = new Random(5);
        // Others fill up what pairs leave, the same number every day.
        var others = Math.Max(0, (int)((rows - ((long)Days * 24 * Models * Apps)) / Days));
        for (var day = 0; day < days; day++)
        {
            var midnight = Start.AddDays(day);
            var month = midnight.ToString("yyyy-MM-01'T00:00:00.000Z'", CultureInfo.InvariantCulture);
            var times = Enumerable.Range(0, 25).Select(h => midnight.AddHours(h).ToString("yyyy-MM-dd'T'HH:mm:ss.000'Z'", CultureInfo.InvariantCulture)).ToArray();
            for (var pair = 0; pair < Models * Apps; pair++)
            {
                var (model, app) = (models[pair % Models], pair / Models);
                var tags = $"\"{{\"\"user_app\"\":\"\"app-{app:00}\"\",\"\"user_team\"\":\"\"team-{app % Teams}\"\",\"\"user_task\"\":\"\"task-{app % Tasks:00}\"\"}}\"";
                for (var hour = 0; hour < 24; hour++)
                {
                    var kind = (hour + pair) % Kinds.Length;
                    var thousands = (random.Next(100_000) + more) / 1000m;
                    var list = thousands * Prices[kind];
                    output.Write(string.Create(CultureInfo.InvariantCulture, $"{month},999900000001,USD,Usage,InvokeModelInference,AmazonBedrock,{list},{list * 0.9m},{list},11112222333{app % Accounts},{thousands},{times[hour]},{times[hour + 1]},USE1-{model}-{Kinds[kind]},arn:aws:iam::11112222333{app % Accounts}:role/app-{app:00},,us-east-1,1K tokens,\"{{\"\"product_name\"\":\"\"Amazon Bedrock\"\"}}\",{tags}\n"));
                }
            }
            for (var i = 0; i < others; i++)
            {
                var (hour, other, app) = (i % 24, i / 24 % Others.Length, i / 96);
                var usd = (random.Next(10_000) + more) / 10_000m;
                var tags = app % 2 == 0 ? $"\"{{\"\"user_app\"\":\"\"app-{app % Apps:00}\"\"}}\"" : "";
                output.Write(string.Create(CultureInfo.InvariantCulture, $"{month},999900000001,USD,Usage,,{Others[other]},{usd},{usd},{usd},111122223330,1,{times[hour]},{times[hour + 1]},USE1-Usage,,resource-{app:000},us-east-1,Hrs,\"{{\"\"product_name\"\":\"\"{Others[other]}\"\"}}\",{tags}\n"));
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
