using System.Text;
using Sluice.Insights.Imports.Files;

namespace Sluice.Insights.Imports;

/// <summary>A bill as a table, one row at a time: fields by the names of the format, whatever the order of the columns.</summary>
internal sealed class BillTable : IDisposable
{
    private readonly ITableRows _rows;
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
    private readonly RowIdentity _identity = new();

    private BillTable(ITableRows rows, Func<string, string> normalise)
    {
        _rows = rows;
        foreach (var (i, header) in Headers.Index())
            _columns.TryAdd(normalise(header), i);
    }

    /// <param name="content">Owned by the caller.</param>
    /// <param name="normalise">What column names are changed by before they are looked up.</param>
    /// <param name="onMalformed">Called with the line of each record that is left out, and the reason.</param>
    public static BillTable Open(PeekedStream content, Func<string, string> normalise, Action<long, string> onMalformed) =>
        new(new CsvRows(content, onMalformed), normalise);

    /// <summary>As they stand in the file.</summary>
    public IReadOnlyList<string> Headers => _rows.Headers;

    public IEnumerable<string> Columns => _columns.Keys;

    public long LineNumber => _rows.LineNumber;

    public bool Read() => _rows.Read();

    /// <summary>The number of the first of some columns that is there, in whatever case and with whatever marks the file spells it, or -1.</summary>
    public int ColumnLike(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            foreach (var (i, header) in Headers.Index())
            {
                if (string.Concat(header.Where(char.IsAsciiLetterOrDigit)).Equals(name, StringComparison.OrdinalIgnoreCase))
                    return i;
            }
        }
        return -1;
    }

    /// <summary>The number of a column, or -1.</summary>
    public int Column(string name) => _columns.GetValueOrDefault(name, -1);

    public ReadOnlySpan<byte> Span(int column) => column < 0 ? default : _rows.Span(column);

    /// <summary>The field of a column; empty where the file lacks it or it says null.</summary>
    public string Text(string column) => Text(Column(column));

    public string Text(int column) => FieldText.IsNull(Span(column)) ? "" : Encoding.UTF8.GetString(Span(column)).Trim();

    /// <summary>
    /// A number of 128 bits for what the columns hold, each under its name, so that it depends neither on the order of the columns nor on
    /// which empty ones a file has.
    /// </summary>
    public UInt128 Identity(ReadOnlySpan<(byte[] Name, int Column)> columns)
    {
        foreach (var (name, column) in columns)
            _identity.Add(name, Span(column));
        return _identity.Take();
    }

    public void Dispose() => _rows.Dispose();
}
