using System.Text;
using System.Text.Json;
using Sluice.Insights.Imports.Json;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Gcp;

/// <summary>
/// Google's billing export as a table that a query or a spreadsheet made flat: <c>sku.description</c> or <c>sku_description</c> for a field
/// within a group. Each row is taken once, as in the export itself.
/// </summary>
internal sealed class GcpTable : IBillFormat
{
    private readonly BillTable _table;
    private readonly (byte[] Name, int Column)[] _all, _identity;
    private readonly int _from, _to, _month, _cost, _atList, _amount, _credits;

    public GcpTable(BillTable table)
    {
        _table = table;
        (_from, _to) = (table.Column("usage_start_time"), table.Column("usage_end_time"));
        _month = table.ColumnLike("invoiceMonth");
        (_cost, _atList, _amount, _credits) = (table.Column("cost"), table.Column("cost_at_list"), table.ColumnLike("usageAmount"), table.Column("credits"));
        _all = [.. table.Headers.Select((h, i) => (Encoding.UTF8.GetBytes(h), i))];
        // What tells charges apart is no time, no amount, and not when the row was written.
        int[] amounts = [_from, _to, _cost, _atList, _amount, _credits, table.Column("export_time"), table.ColumnLike("usageAmountInPricingUnits"), table.Column("currency_conversion_rate")];
        _identity = [.. _all.Where(c => !amounts.Contains(c.Column)).Select(c => (Encoding.UTF8.GetBytes("gcp " + Encoding.UTF8.GetString(c.Name)), c.Column))];
        Warnings = _credits < 0 ? ["credits are missing: costs are those before credits"] : [];
    }

    public BillSource Source => BillSource.Gcp;

    public IReadOnlyList<string> Warnings { get; }

    public long LineNumber => _table.LineNumber;

    public RecordKey? Key => new RecordKey(_table.Identity(_all), MayRepeat: true, _table.LineNumber);

    public static IEnumerable<string> Missing(BillTable table) => ((string[])["usage_start_time", "cost", "currency"]).Where(name => table.Column(name) < 0);

    public bool Read() => _table.Read();

    public UInt128 Identity() => _table.Identity(_identity);

    public string? ReadAmounts(out CostAmounts amounts)
    {
        amounts = default;
        if (!_table.TryTime(_from, out var from))
            return _table.NoTime("usage_start_time", _from, "time such as 2026-11-20 10:00:00 UTC");
        var to = from.AddHours(1);
        if (_to >= 0 && !_table.TryTime(_to, out to))
            return _table.NoTime("usage_end_time", _to, "time such as 2026-11-20 11:00:00 UTC");
        if (GcpExport.NoMonth(_table.Text(_month)) is { } noMonth)
            return noMonth;
        if (!_table.TryAmount(_cost, out var cost) || cost is null)
            return $"cost '{_table.Text(_cost)}' is no number";
        if (!_table.TryAmount(_atList, out var atList))
            return $"cost_at_list '{_table.Text(_atList)}' is no number";
        if (!_table.TryAmount(_amount, out var quantity))
            return $"usage.amount '{_table.Text(_amount)}' is no number";
        if (!TryCredits(_table.Text(_credits), out var credits))
            return $"credits '{_table.Text(_credits)}' are neither a list of JSON nor a number";
        amounts = new CostAmounts(from, to, quantity, cost + credits, _credits < 0 ? null : cost + credits, cost, atList);
        return null;
    }

    public CostFacet Describe() => GcpExport.Describe(
        path => _table.Text(_table.ColumnLike(path.Replace(".", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal))), Labels(_table.Text("labels")));

    private static bool TryCredits(string text, out decimal sum)
    {
        sum = 0;
        if (text.Length == 0)
            return true;
        if (FieldText.TryAmount(Encoding.UTF8.GetBytes(text), out var amount))
        {
            sum = amount ?? 0;
            return true;
        }
        return Parsed(text, out var list) && TrySum(list, ref sum);
    }

    private static bool TrySum(JsonElement credits, ref decimal sum)
    {
        foreach (var credit in credits.EnumerateArray())
        {
            if (!credit.TryAmount("amount", out var amount))
                return false;
            sum += amount ?? 0;
        }
        return true;
    }

    /// <summary>A list of pairs, or an object.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Labels(string text) =>
        Parsed(text, out var list) ? list.EnumerateArray().Select(p => KeyValuePair.Create(p.Text("key"), p.Text("value"))).ToList() : JsonTags.Read(text);

    private static bool Parsed(string text, out JsonElement list)
    {
        list = default;
        if (!text.StartsWith('['))
            return false;
        try
        {
            list = JsonElement.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
