using Sluice.Insights.Imports.Locales;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.CostExplorer;

/// <summary>
/// What Cost Explorer's console downloads: a row for each day, month or hour, a column for each value of what costs are grouped by. The rows
/// and columns that only add up are passed over. It doesn't say which of AWS's costs it shows; they count as billed. Nor does it say how long
/// a row's period is, which all rows together prove: the console lists every period, also those without costs.
/// </summary>
internal sealed class CostExplorerTable : IBillFormat
{
    /// <summary>The console shows 14 days by the hour, or 38 months.</summary>
    private const int MaxRows = 100_000;

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
    private readonly List<string> _warnings = [];
    private readonly List<Row> _rows = [];
    private Func<DateTimeOffset, DateTimeOffset> _end = from => from.AddDays(1);
    private int _row, _group;
    private bool _isRead;

    public CostExplorerTable(BillTable table)
    {
        _table = table;
        // The console is American, and a spreadsheet keeps its order.
        table.Expect(DateOrder.MonthFirst);
        var grouped = string.Concat(table.Headers[0].Where(char.IsAsciiLetter));
        _dimension = Dimensions.GetValueOrDefault(grouped, "");
        if (_dimension.Length == 0)
            _warnings.Add($"Cost Explorer's download is grouped by '{table.Headers[0]}', which names no service; group it by Service to know what is generative AI");
        foreach (var (i, header) in table.Headers.Index().Skip(1))
        {
            var open = header.EndsWith(')') ? header.LastIndexOf('(') : -1;
            var name = open < 0 ? header : header[..open].Trim();
            if (!name.StartsWith(TotalColumn, StringComparison.OrdinalIgnoreCase))
                _groups.Add((i, name, open < 0 ? "" : Currencies.GetValueOrDefault(header[(open + 1)..^1], header[(open + 1)..^1])));
        }
    }

    /// <summary>What a row says, since it is read before its period is known.</summary>
    private sealed record Row(long Line, DateTimeOffset From, string? NoTime, (decimal? Amount, string? Fault, bool IsEmpty)[] Groups);

    public BillSource Source => BillSource.CostExplorer;

    public IReadOnlyList<string> Warnings => _warnings;

    public long LineNumber => _isRead ? _rows[_row].Line : _table.LineNumber;

    public static bool IsOne(BillTable table) => table.Headers.Skip(1).Any(h => h.StartsWith(TotalColumn, StringComparison.OrdinalIgnoreCase));

    public bool Read()
    {
        if (!_isRead)
        {
            ReadAll();
            (_isRead, _row, _group) = (_rows.Count > 0, 0, -1);
        }
        for (; _row < _rows.Count; _row++, _group = -1)
        {
            while (++_group < _groups.Count)
            {
                if (!_rows[_row].Groups[_group].IsEmpty)
                    return true;
            }
        }
        // The last row's number stands when all have been read.
        _row = Math.Max(0, _rows.Count - 1);
        return false;
    }

    public UInt128 Identity() => CostExplorerAnswer.Identity(_identity, Values(), "", _groups[_group].Currency);

    public string? ReadAmounts(out CostAmounts amounts)
    {
        var row = _rows[_row];
        var (amount, fault, _) = row.Groups[_group];
        amounts = default;
        if ((row.NoTime ?? fault) is { } wrong)
            return wrong;
        amounts = new CostAmounts(row.From, _end(row.From), null, amount, null, null, null);
        return null;
    }

    public CostFacet Describe() => CostExplorerAnswer.Describe(Values(), "", _groups[_group].Currency);

    private List<(string Dimension, string Value)> Values() => [(_dimension.Length > 0 ? _dimension : "GROUP", _groups[_group].Name)];

    private void ReadAll()
    {
        while (_table.Read())
        {
            if (_table.Text(0).EndsWith(TotalRow, StringComparison.OrdinalIgnoreCase))
                continue;
            if (_rows.Count == MaxRows)
                throw new ImportException($"Line {_table.LineNumber}: Cost Explorer's console downloads no more than {MaxRows:#,0} rows; export a Cost and Usage Report instead.");
            var noTime = _table.TryTime(0, out var from) ? null : _table.NoTime(_table.Headers[0], 0, "day such as 2026-11-20 or 11/20/2026");
            _rows.Add(new Row(_table.LineNumber, from, noTime, [.. _groups.Select(g => AmountOf(g.At, g.Name))]));
        }
        ProveGrain();
    }

    private (decimal? Amount, string? Fault, bool IsEmpty) AmountOf(int column, string name) =>
        _table.TryAmount(column, out var amount) ? (amount, null, amount is null) : (null, $"'{_table.Text(column)}' of {name} is no number", false);

    private void ProveGrain()
    {
        var starts = _rows.Where(r => r.NoTime is null).Select(r => r.From).Distinct().Order().ToList();
        if (starts.Exists(s => s.TimeOfDay != TimeSpan.Zero))
            _end = from => from.AddHours(1);
        else if (starts.Count == 1)
            _warnings.Add($"One row doesn't prove whether it is for a day or for a month; that of {starts[0]:yyyy-MM-dd} is counted as a day. A download of two periods or more proves it");
        // Of months the first may have begun before the range that was asked for.
        else if (starts.Skip(1).All(s => s.Day == 1) && starts.Zip(starts.Skip(1), (a, b) => b - a).Any(gap => gap > TimeSpan.FromDays(1)))
            _end = from => new DateTimeOffset(from.Year, from.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);
    }
}
