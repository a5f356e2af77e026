using Sluice.Insights.Imports.Azure;
using Sluice.Insights.Imports.CostExplorer;
using Sluice.Insights.Imports.Cur;
using Sluice.Insights.Imports.Databricks;
using Sluice.Insights.Imports.Focus;
using Sluice.Insights.Imports.Gcp;
using Sluice.Insights.Imports.OpenAi;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports;

/// <summary>A format of bills that are tables: how it is told from others, and read.</summary>
/// <param name="Mark">Columns that it is known by, for messages; empty for one that has those of another.</param>
/// <param name="Recognises">Whether a table, of a file of some name, is such a bill.</param>
/// <param name="Missing">Columns that it can't do without and the table lacks.</param>
internal sealed record TableFormat(
    BillSource Source, string Mark, Func<BillTable, string, bool> Recognises, Func<BillTable, IEnumerable<string>> Missing, Func<BillTable, ListPrices?, IBillFormat> Open)
{
    /// <summary>In the order in which they are tried.</summary>
    public static IReadOnlyList<TableFormat> All { get; } =
    [
        new(BillSource.Cur, "a CUR (line_item_usage_type)", (t, _) => HasAny(t, "line_item_usage_type", "line_item_unblended_cost"), t => Lacks(t, CurFormat.Mandatory), (t, _) => new CurFormat(t)),
        new(BillSource.Focus, "FOCUS (BilledCost, ChargePeriodStart)", (t, _) => HasAny(t, "ChargePeriodStart", "BilledCost"), t => Lacks(t, FocusFormat.Mandatory), (t, _) => new FocusFormat(t)),
        new(BillSource.Databricks, "Databricks' usage (usage_quantity)", (t, _) => HasAll(t, "usage_quantity", "sku_name"), t => Lacks(t, DatabricksUsage.Mandatory), (t, prices) => new DatabricksTable(t, prices)),
        new(BillSource.CostExplorer, "Cost Explorer's download (Total costs)", (t, _) => CostExplorerTable.IsOne(t), _ => [], (t, _) => new CostExplorerTable(t)),
        new(BillSource.OpenAi, "OpenAI's costs (amount_value, line_item)", (t, _) => HasAll(t, "amount_value", "line_item"), t => Lacks(t, OpenAiTable.Mandatory), (t, _) => new OpenAiTable(t)),
        new(BillSource.Gcp, "Google's export (sku.description, usage_start_time)", (t, _) => t.ColumnLike("skuDescription") >= 0 && HasAll(t, "usage_start_time"), GcpTable.Missing, (t, _) => new GcpTable(t)),
        // The two exports of Azure have one header; only their names tell them apart.
        new(BillSource.AzureAmortized, "", (t, file) => IsAzure(t) && file.Contains("amortized", StringComparison.OrdinalIgnoreCase), AzureExport.Missing, (t, _) => new AzureExport(t, isAmortized: true)),
        new(BillSource.Azure, "an Azure export (meterName)", (t, _) => IsAzure(t), AzureExport.Missing, (t, _) => new AzureExport(t, isAmortized: false)),
    ];

    private static bool HasAll(BillTable table, params ReadOnlySpan<string> columns)
    {
        foreach (var column in columns)
        {
            if (table.Column(column) < 0)
                return false;
        }
        return true;
    }

    private static bool HasAny(BillTable table, string first, string second) => HasAll(table, first) || HasAll(table, second);

    private static IEnumerable<string> Lacks(BillTable table, IEnumerable<string> mandatory) => mandatory.Where(name => table.Column(name) < 0);

    private static bool IsAzure(BillTable table) => table.ColumnLike("meterName") >= 0;
}
