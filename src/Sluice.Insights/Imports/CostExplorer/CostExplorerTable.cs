using Sluice.Insights.Imports.Locales;

namespace Sluice.Insights.Imports.CostExplorer;

/// <summary>
/// What Cost Explorer's console downloads: a row for each day, month or hour, a column for each value of what costs are grouped by. The rows
/// and columns that only add up are passed over. It doesn't say which of AWS's costs it shows; they count as billed.
/// </summary>
internal sealed class CostExplorerTable : IBillFormat
{
    private const string TotalColumn = "Total costs";
    private const string TotalRow = " total";

    private static readonly Dictionary<string, string> Dimensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["service"] = "SERVICE",
        ["usagetype"] = "USAGE_TYPE",
        ["linkedaccount"] = "LINKED_ACCOUNT",
        ["region"] = "REGION",
        ["chargetype"] = "RECORD_TYPE",
    };

    private static readonly Dictionary<string, string> Currencies = new(StringComparer.Ordinal) { ["$"] = "USD", ["€"] = "EUR", ["£"] = "GBP", ["¥"] = "CNY" };

    private readonly BillTable _table;
    private readonly RowIdentity _identity = new();
    private readonly string _dimension;
    private readonly List<(int At, string Name, string Currency)> _groups = [];
    private int _group;

    public CostExplorerTable(BillTable table)
    {
        _table = table;
        // The console is American, and a spreadsheet keeps its order.
        table.Expect(DateOrder.MonthFirst);
        var grouped = string.Concat(table.Headers[0].Where(char.IsAsciiLetter));
        _dimension = Dimensions.GetValueOrDefault(grouped, "");
        if (_dimension.Length == 0)
            Warnings = [$"Cost Explorer's download is grouped by '{table.Headers[0]}', which names no service; group it by Service to know what is generative AI"];
        foreach (var (i, header) in table.Headers.Index().Skip(1))
        {
            var open = header.EndsWith(')') ? header.LastIndexOf('(') : -1;
            var name = open < 0 ? header : header[..open].Trim();
            if (!name.StartsWith(TotalColumn, StringComparison.OrdinalIgnoreCase))
                _groups.Add((i, name, open < 0 ? "" : Currencies.GetValueOrDefault(header[(open + 1)..^1], header[(open + 1)..^1])));
        }
        _group = _groups.Count;
    }

    public BillSource Source => BillSource.CostExplorer;

    public IReadOnlyList<string> Warnings { get; } = [];

    public long LineNumber => _table.LineNumber;

    public static bool IsOne(BillTable table) => table.Headers.Skip(1).Any(h => h.StartsWith(TotalColumn, StringComparison.OrdinalIgnoreCase));

    public bool Read()
    {
        while (true)
        {
            while (++_group < _groups.Count)
            {
                if (!_table.Span(_groups[_group].At).IsEmpty)
                    return true;
            }
            do
            {
                if (!_table.Read())
                    return false;
            }
            while (_table.Text(0).EndsWith(TotalRow, StringComparison.OrdinalIgnoreCase));
            _group = -1;
        }
    }

    public UInt128 Identity() => CostExplorerAnswer.Identity(_identity, Values(), "", _groups[_group].Currency);

    public string? ReadAmounts(out CostAmounts amounts)
    {
        amounts = default;
        if (!_table.TryTime(0, out var from))
            return _table.NoTime(_table.Headers[0], 0, "day such as 2026-11-20 or 11/20/2026");
        if (!_table.TryAmount(_groups[_group].At, out var amount))
            return $"'{_table.Text(_groups[_group].At)}' of {_groups[_group].Name} is no number";
        amounts = new CostAmounts(from, from.AddDays(1), null, amount, null, null, null);
        return null;
    }

    public CostFacet Describe() => CostExplorerAnswer.Describe(Values(), "", _groups[_group].Currency);

    private List<(string Dimension, string Value)> Values() => [(_dimension.Length > 0 ? _dimension : "GROUP", _groups[_group].Name)];
}
