using System.Text.Json;
using Sluice.Insights.Imports.Anthropic;
using Sluice.Insights.Imports.BedrockLogs;
using Sluice.Insights.Imports.CloudWatch;
using Sluice.Insights.Imports.CostExplorer;
using Sluice.Insights.Imports.Databricks;
using Sluice.Insights.Imports.Gcp;
using Sluice.Insights.Imports.OpenAi;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Json;

/// <summary>A format of bills and reports that are JSON: how it is told from others, and read.</summary>
/// <param name="Mark">What it is known by, for messages; empty for one that is never told from its records.</param>
/// <param name="Recognises">Whether a record, of a list of the answer's envelope or of none, is of it.</param>
internal sealed record JsonFormat(BillSource Source, string Mark, Func<JsonElement, string, bool> Recognises, Func<ListPrices?, IJsonSource> Open)
{
    /// <summary>In the order in which they are tried.</summary>
    public static IReadOnlyList<JsonFormat> All { get; } =
    [
        new(BillSource.CostExplorer, "Cost Explorer's answer (ResultsByTime)", (_, list) => list is "ResultsByTime" or "GroupDefinitions" or "DimensionValueAttributes", _ => new CostExplorerAnswer()),
        new(BillSource.CloudWatch, "CloudWatch's answer (MetricDataResults)", (_, list) => list == "MetricDataResults", _ => new MetricAnswer()),
        new(BillSource.OpenAi, "pages of OpenAI (data, start_time)", (record, list) => list == "data" && record.Has("start_time"), _ => new OpenAiPages()),
        new(BillSource.OpenAiUsage, "", (_, _) => false, _ => new OpenAiPages()),
        new(BillSource.Anthropic, "pages of Anthropic (data, starting_at)", (record, list) => list == "data" && record.Has("starting_at"), _ => new AnthropicReports()),
        new(BillSource.AnthropicUsage, "", (_, _) => false, _ => new AnthropicReports()),
        new(BillSource.BedrockLogs, "Bedrock's invocation logs (modelId, timestamp)",
            (record, list) => list.Length == 0 && (record.Text("schemaType") == "ModelInvocationLog" || (record.Has("modelId") && record.Has("timestamp"))), _ => new InvocationLog()),
        new(BillSource.Gcp, "Google's export (usage_start_time, sku)", (record, list) => list.Length == 0 && record.Has("usage_start_time") && record.Has("sku"), _ => new GcpExport()),
        new(BillSource.Databricks, "Databricks' usage (usage_quantity, sku_name)",
            (record, list) => list.Length == 0 && record.Has("usage_quantity") && record.Has("sku_name"), prices => new DatabricksRecords(prices)),
    ];

    /// <param name="records">At their beginning; the first is read.</param>
    /// <param name="hasRecord">False where there is none, as in the answer to a question about a quiet time.</param>
    /// <exception cref="ImportException">It is no known source, or not what was said.</exception>
    public static IJsonSource Detect(JsonRecords records, string file, BillSource? said, ListPrices? prices, out bool hasRecord)
    {
        hasRecord = records.Read();
        return (said is { } source ? Of(source, file) : hasRecord ? Guess(records, file)
            : throw new ImportException($"'{file}' has no record; an answer without results. Say what it is with --source if that is right.")).Open(prices);
    }

    private static JsonFormat Of(BillSource source, string file) =>
        All.FirstOrDefault(f => f.Source == source) ?? throw new ImportException($"'{file}' is JSON; {source.Name()} is imported as CSV.");

    private static JsonFormat Guess(JsonRecords records, string file)
    {
        using var first = JsonDocument.Parse(records.Current, new JsonDocumentOptions { MaxDepth = 512 });
        var record = first.RootElement;
        return All.FirstOrDefault(f => f.Recognises(record, records.List)) ?? throw new ImportException(
            $"'{file}', line {records.LineNumber}: no known bill has records with {(record.ValueKind == JsonValueKind.Object ? BillFormats.Named([.. record.EnumerateObject().Select(p => p.Name)]) : "no names")}; "
            + $"as JSON it must be {string.Join(", ", All.Where(f => f.Mark.Length > 0).Select(f => f.Mark))}. Say which with --source {string.Join('|', BillSources.Names)} if it is one.");
    }
}
