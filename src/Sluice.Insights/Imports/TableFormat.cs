using Sluice.Insights.Imports.Azure;
using Sluice.Insights.Imports.CostExplorer;
using Sluice.Insights.Imports.Cur;
using Sluice.Insights.Imports.Databricks;
using Sluice.Insights.Imports.Focus;
using Sluice.Insights.Imports.Gcp;
using Sluice.Insights.Imports.OpenAi;

namespace Sluice.Insights.Imports;

/// <summary>A format of bills that are tables: how it is told from others, and read.</summary>
/// <param name="Mark">Columns that it is known by, for messages.</param>
/// <param name="IsOne">Whether a table is such a bill.</param>
/// <param name="Missing">Columns that it can't do without and the table lacks.</param>
internal sealed record TableFormat(
    BillSource Source, string Mark, Func<BillTable, bool> IsOne, Func<BillTable, IEnumerable<string>> Missing, Func<BillTable, ListPrices?, IBillFormat> Open)
{
    /// <summary>In the order in which they are tried.</summary>
    public static IReadOnlyList<TableFormat> All { get; } =
    [
        new(BillSource.Cur, "a CUR (line_item_usage_type)", t => Has(t, "line_item_usage_type") || Has(t, "line_item_unblended_cost"), t => CurFormat.Mandatory.Where(n => !Has(t, n)), (t, _) => new CurFormat(t)),
        new(BillSource.Focus, "FOCUS (BilledCost, ChargePeriodStart)", t => Has(t, "ChargePeriodStart") || Has(t, "BilledCost"), t => FocusFormat.Mandatory.Where(n => !Has(t, n)), (t, _) => new FocusFormat(t)),
        new(BillSource.Databricks, "Databricks' usage (usage_quantity)", t => Has(t, "usage_quantity") && Has(t, "sku_name"), t => DatabricksUsage.Mandatory.Where(n => !Has(t, n)), (t, prices) => new DatabricksTable(t, prices)),
        new(BillSource.CostExplorer, "Cost Explorer's download (Total costs)", CostExplorerTable.IsOne, _ => [], (t, _) => new CostExplorerTable(t)),
        new(BillSource.OpenAi, "OpenAI's costs (amount_value, line_item)", t => Has(t, "amount_value") && Has(t, "line_item"), t => OpenAiTable.Mandatory.Where(n => !Has(t, n)), (t, _) => new OpenAiTable(t)),
        new(BillSource.Gcp, "Google's export (sku.description, usage_start_time)", t => t.ColumnLike("skuDescription") >= 0 && Has(t, "usage_start_time"), GcpTable.Missing, (t, _) => new GcpTable(t)),
        new(BillSource.Azure, "an Azure export (meterName)", t => t.ColumnLike("meterName") >= 0, AzureExport.Missing, (t, _) => new AzureExport(t, isAmortized: false)),
        new(BillSource.AzureAmortized, "", _ => false, AzureExport.Missing, (t, _) => new AzureExport(t, isAmortized: true)),
    ];

    private static bool Has(BillTable table, string column) => table.Column(column) >= 0;
}
