using System.Text.Json;
using Sluice.Insights.Imports.Anthropic;
using Sluice.Insights.Imports.BedrockLogs;
using Sluice.Insights.Imports.CloudWatch;
using Sluice.Insights.Imports.CostExplorer;
using Sluice.Insights.Imports.Databricks;
using Sluice.Insights.Imports.Gcp;
using Sluice.Insights.Imports.OpenAi;

namespace Sluice.Insights.Imports.Json;

/// <summary>Tells from the first record what a JSON file is.</summary>
internal static class JsonSources
{
    /// <param name="records">At their beginning; the first is read.</param>
    /// <param name="hasRecord">False where there is none, as in the answer to a question about a quiet time.</param>
    /// <exception cref="ImportException">It is no known source, or not what was said.</exception>
    public static IJsonSource Detect(JsonRecords records, string file, BillSource? said, ListPrices? prices, out bool hasRecord)
    {
        hasRecord = records.Read();
        if (!hasRecord)
            return Of(said ?? throw new ImportException($"'{file}' has no record; an answer without results. Say what it is with --source if that is right."), file, prices);
        using var first = JsonDocument.Parse(records.Current, new JsonDocumentOptions { MaxDepth = 512 });
        var source = said ?? Guess(first.RootElement, records.List) ?? throw new ImportException(
            $"'{file}', line {records.LineNumber}: no known bill has records with {(first.RootElement.ValueKind == JsonValueKind.Object ? BillFormats.Named([.. first.RootElement.EnumerateObject().Select(p => p.Name)]) : "no names")}. Say what it is with --source {string.Join('|', BillSources.Names)} if it is one.");
        return Of(source, file, prices);
    }

    private static IJsonSource Of(BillSource source, string file, ListPrices? prices) => source switch
    {
        BillSource.CostExplorer => new CostExplorerAnswer(),
        BillSource.BedrockLogs => new InvocationLog(),
        BillSource.CloudWatch => new MetricAnswer(),
        BillSource.Gcp => new GcpExport(),
        BillSource.OpenAi or BillSource.OpenAiUsage => new OpenAiPages(),
        BillSource.Anthropic or BillSource.AnthropicUsage => new AnthropicReports(),
        BillSource.Databricks => new DatabricksRecords(prices),
        _ => throw new ImportException($"'{file}' is JSON; {source.Name()} is imported as CSV."),
    };

    private static BillSource? Guess(JsonElement record, string list) => list switch
    {
        "ResultsByTime" or "GroupDefinitions" or "DimensionValueAttributes" => BillSource.CostExplorer,
        "MetricDataResults" => BillSource.CloudWatch,
        "data" when record.Has("start_time") => BillSource.OpenAi,
        "data" when record.Has("starting_at") => BillSource.Anthropic,
        "" when record.Text("schemaType") == "ModelInvocationLog" || (record.Has("modelId") && record.Has("timestamp")) => BillSource.BedrockLogs,
        "" when record.Has("usage_start_time") && record.Has("sku") => BillSource.Gcp,
        "" when record.Has("usage_quantity") && record.Has("sku_name") => BillSource.Databricks,
        _ => null,
    };
}
