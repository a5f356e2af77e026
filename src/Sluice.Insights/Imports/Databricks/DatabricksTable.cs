using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Databricks;

/// <summary>Usage of Databricks as CSV.</summary>
internal sealed class DatabricksTable(BillTable table, ListPrices? prices) : IBillFormat
{
    private readonly DatabricksUsage _usage = new(prices);
    private readonly RowIdentity _identity = new();

    public BillSource Source => BillSource.Databricks;

    public IReadOnlyList<string> Warnings => _usage.Warnings;

    public long LineNumber => table.LineNumber;

    public RecordKey? Key => DatabricksUsage.Key(table.Text) with { Place = table.LineNumber };

    public bool Read() => table.Read();

    public UInt128 Identity() => DatabricksUsage.Identity(_identity, table.Text);

    public string? ReadAmounts(out CostAmounts amounts) => _usage.ReadAmounts(table.Text, out amounts);

    public CostFacet Describe() => _usage.Describe(table.Text);
}
