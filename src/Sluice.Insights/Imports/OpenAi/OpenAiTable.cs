using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.OpenAi;

/// <summary>What OpenAI's dashboard exports of costs: the fields of the API's answer as columns. A day without costs is a row without an amount.</summary>
internal sealed class OpenAiTable(BillTable table) : IBillFormat
{
    private readonly int _from = table.Column("start_time_iso"), _to = table.Column("end_time_iso");
    private readonly int _amount = table.Column("amount_value");
    private readonly RowIdentity _identity = new();

    public static IReadOnlyList<string> Mandatory { get; } = ["start_time_iso", "end_time_iso", "amount_value", "amount_currency", "line_item"];

    public BillSource Source => BillSource.OpenAi;

    public IReadOnlyList<string> Warnings => [];

    public long LineNumber => table.LineNumber;

    public bool Read()
    {
        while (table.Read())
        {
            if (table.Text(_amount).Length > 0 || table.Text("line_item").Length > 0)
                return true;
        }
        return false;
    }

    public UInt128 Identity() => OpenAiPages.IdentityOfCost(_identity, table.Text, table.Text("amount_currency"));

    public string? ReadAmounts(out CostAmounts amounts)
    {
        amounts = default;
        if (!table.TryTime(_from, out var from))
            return table.NoTime("start_time_iso", _from, "time such as 2026-11-20T00:00:00+00:00");
        if (!table.TryTime(_to, out var to))
            return table.NoTime("end_time_iso", _to, "time such as 2026-11-21T00:00:00+00:00");
        if (!table.TryAmount(_amount, out var amount))
            return $"amount_value '{table.Text(_amount)}' is no number";
        amounts = new CostAmounts(from, to, null, amount, amount, null, null);
        return null;
    }

    public CostFacet Describe() => OpenAiPages.DescribeCost(table.Text, table.Text("amount_currency"));

}
