using System.Globalization;
using System.Text;
using System.Text.Json;
using Sluice.Hosting;
using Sluice.Insights.Store;

namespace Sluice.Commands.Import.Pulling;

/// <summary>What is asked of whom. Days are whole and in UTC.</summary>
internal static class PullSources
{
    private const string Usage = """{"Dimensions":{"Key":"RECORD_TYPE","Values":["Usage"]}}""";

    public static IReadOnlyList<string> Names { get; } = ["aws-cost-explorer", "openai", "anthropic"];

    public static IPullAccess Access(string name, TimeProvider time) => name switch
    {
        // Cost Explorer has one endpoint for the commercial regions.
        "aws-cost-explorer" => new AwsAccess("ce", "us-east-1", AwsRequestSigner.OverDefaultChain(time)),
        "openai" => new KeyAccess("OPENAI_ADMIN_KEY", "Authorization", "Bearer "),
        _ => new KeyAccess("ANTHROPIC_ADMIN_KEY", "x-api-key", "", new KeyValuePair<string, string>("anthropic-version", "2023-06-01")),
    };

    /// <param name="from">First day.</param>
    /// <param name="to">First day no longer asked for.</param>
    public static IReadOnlyList<PullQuery> Queries(string name, DateOnly from, DateOnly to) => name switch
    {
        "aws-cost-explorer" =>
        [
            // Without a filter on the service, which would miss what the Marketplace bills. Two groupings are all that one question may have, so
            // what is no usage (credits, taxes, fees) is asked for apart.
            CostExplorer("usage", from, to, "SERVICE", "USAGE_TYPE", Usage),
            CostExplorer("others", from, to, "RECORD_TYPE", "SERVICE", $$"""{"Not":{{Usage}}}"""),
        ],
        "openai" =>
        [
            OpenAi("costs", BillSource.OpenAi, "organization/costs", from, to, 180, "project_id", "line_item"),
            OpenAi("usage", BillSource.OpenAiUsage, "organization/usage/completions", from, to, 31, "project_id", "model", "batch", "service_tier"),
        ],
        _ =>
        [
            Anthropic("costs", BillSource.Anthropic, "v1/organizations/cost_report", from, to, "workspace_id", "description"),
            Anthropic("usage", BillSource.AnthropicUsage, "v1/organizations/usage_report/messages", from, to, "workspace_id", "model", "service_tier", "context_window"),
        ],
    };

    private static PullQuery CostExplorer(string name, DateOnly from, DateOnly to, string first, string second, string filter) => new()
    {
        Name = name,
        Source = BillSource.CostExplorer,
        Next = page => Text(page, "NextPageToken"),
        Request = page => new PullRequest(
            Address("AWS_ENDPOINT_URL_COST_EXPLORER", "https://ce.us-east-1.amazonaws.com", ""),
            Encoding.UTF8.GetBytes($$"""
                {"TimePeriod":{"Start":"{{Day(from)}}","End":"{{Day(to)}}"},"Granularity":"DAILY","Metrics":["UnblendedCost","NetAmortizedCost","UsageQuantity"],
                "GroupBy":[{"Type":"DIMENSION","Key":"{{first}}"},{"Type":"DIMENSION","Key":"{{second}}"}],"Filter":{{filter}}{{(page is null ? "" : $",\"NextPageToken\":\"{JsonEncodedText.Encode(page)}\"")}}}
                """),
            "AWSInsightsIndexService.GetCostAndUsage"),
    };

    private static PullQuery OpenAi(string name, BillSource source, string path, DateOnly from, DateOnly to, int limit, params string[] groups) => new()
    {
        Name = name,
        Source = source,
        Next = NextPage,
        Request = page => new PullRequest(Address("OPENAI_BASE_URL", "https://api.openai.com/v1",
            $"{path}?start_time={Seconds(from)}&end_time={Seconds(to)}&bucket_width=1d&limit={limit}{string.Concat(groups.Select(g => $"&group_by={g}"))}{Page(page)}")),
    };

    private static PullQuery Anthropic(string name, BillSource source, string path, DateOnly from, DateOnly to, params string[] groups) => new()
    {
        Name = name,
        Source = source,
        Next = NextPage,
        Request = page => new PullRequest(Address("ANTHROPIC_BASE_URL", "https://api.anthropic.com",
            $"{path}?starting_at={Day(from)}T00%3A00%3A00Z&ending_at={Day(to)}T00%3A00%3A00Z&bucket_width=1d&limit=31{string.Concat(groups.Select(g => $"&group_by%5B%5D={g}"))}{Page(page)}")),
    };

    /// <summary>A page says both that there is more and where.</summary>
    private static string? NextPage(JsonElement page) =>
        page.TryGetProperty("has_more", out var more) && more.ValueKind == JsonValueKind.True ? Text(page, "next_page") : null;

    private static string? Text(JsonElement page, string name) => page.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static string Page(string? page) => page is null ? "" : "&page=" + Uri.EscapeDataString(page);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static long Seconds(DateOnly day) => new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeSeconds();

    private static Uri Address(string variable, string usual, string rest)
    {
        var start = Environment.GetEnvironmentVariable(variable) is { Length: > 0 } own ? own : usual;
        return Uri.TryCreate(start.TrimEnd('/') + "/" + rest, UriKind.Absolute, out var address) ? address : throw new CouldNotRunException($"{variable} '{start}' is no address.");
    }
}
