using System.Text.Json;
using Sluice.Insights.Imports.Json;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Databricks;

/// <summary>Usage of Databricks as JSON.</summary>
internal sealed class DatabricksRecords(ListPrices? prices) : IJsonSource
{
    private readonly DatabricksUsage _usage = new(prices);

    public BillSource Source => BillSource.Databricks;

    public IReadOnlyList<string> Warnings => _usage.Warnings;

    public void Read(JsonElement record, string list, JsonRows rows)
    {
        string Field(string name) => record.Text(name);
        if (_usage.ReadAmounts(Field, out var amounts) is { } fault)
            rows.SetAside(fault);
        else
            rows.Add(DatabricksUsage.Identity(rows.Identity, Field), amounts, () => _usage.Describe(Field), DatabricksUsage.Key(Field));
    }
}
