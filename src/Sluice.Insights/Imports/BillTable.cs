using System.Globalization;
using System.Text;
using Sluice.Insights.Imports.Files;
using Sluice.Insights.Imports.Locales;
using Sluice.Insights.Imports.Parquet;

namespace Sluice.Insights.Imports;

/// <summary>A bill as a table, one row at a time: fields by the names of the format, whatever the order of the columns.</summary>
internal sealed class BillTable : IDisposable
{
    private readonly ITableRows _rows;
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
    private readonly RowIdentity _identity = new();

    private readonly FieldSpelling _spelling;

    private BillTable(ITableRows rows, Func<string, string> normalise, FieldSpelling spelling)
    {
        (_rows, _spelling) = (rows, spelling);
        foreach (var (i, header) in Headers.Index())
            _columns.TryAdd(normalise(header), i);
    }

    /// <param name="content">CSV or Parquet, told by its first bytes; owned by the caller.</param>
    /// <param name="file">What messages call it.</param>
    /// <param name="normalise">What column names are changed by before they are looked up.</param>
    /// <param name="onMalformed">Called with the line of each record that is left out, and the reason.</param>
    /// <param name="spelling">How the file spells amounts and days; null for one that isn't asked for any.</param>
    public static BillTable Open(PeekedStream content, string file, Func<string, string> normalise, Action<long, string> onMalformed, FieldSpelling? spelling = null)
    {
        spelling ??= FieldSpelling.Of("", new ImportOptions());
        if (ParquetRows.IsParquet(content))
            return new BillTable(new ParquetRows(content.Seekable(), file), normalise, spelling);
        var rows = new CsvRows(content, onMalformed);
        if (rows.SeparatesBySemicolon)
            spelling.SeparatesBySemicolon();
        return new BillTable(rows, normalise, spelling);
    }

    /// <summary>As they stand in the file.</summary>
    public IReadOnlyList<string> Headers => _rows.Headers;

    public IEnumerable<string> Columns => _columns.Keys;

    public long LineNumber => _rows.LineNumber;

    public bool Read() => _rows.Read();

    /// <summary>
    /// The number of the first of some columns that is there, in whatever case and with whatever marks the file spells it, or -1. Exports in
    /// other languages have the English name in parentheses: <c>Menge (Quantity)</c>.
    /// </summary>
    public int ColumnLike(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            foreach (var (i, header) in Headers.Index())
            {
                if (IsLike(header, name) || (header is [.., ')'] && IsLike(header[(header.LastIndexOf('(') + 1)..], name)))
                    return i;
            }
        }
        return -1;

        static bool IsLike(string header, string name) => string.Concat(header.Where(char.IsAsciiLetterOrDigit)).Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The number of a column, or -1.</summary>
    public int Column(string name) => _columns.GetValueOrDefault(name, -1);

    public ReadOnlySpan<byte> Span(int column) => column < 0 ? default : _rows.Span(column);

    /// <summary>The field of a column; empty where the file lacks it or it says null.</summary>
    public string Text(string column) => Text(Column(column));

    public string Text(int column) => FieldText.IsNull(Span(column)) ? "" : Encoding.UTF8.GetString(Span(column)).Trim();

    /// <summary>The amount of a field; null where the file lacks it or it says null.</summary>
    /// <returns>False where it is no number.</returns>
    public bool TryAmount(int column, out decimal? amount) => _spelling.TryAmount(Span(column), column, LineNumber, out amount);

    /// <summary>The time of a field, in UTC unless it says otherwise.</summary>
    /// <returns>False where it is none.</returns>
    public bool TryTime(int column, out DateTimeOffset time) => _spelling.TryTime(Span(column), LineNumber, out time);

    /// <summary>Why a field that <see cref="TryTime"/> refused is no time.</summary>
    /// <param name="name">What the format calls the column.</param>
    /// <param name="example">Of a time as it should be.</param>
    public string NoTime(string name, int column, string example) => DateForm.TryParse(Span(column), out var form) && form.IsAmbiguous
        ? $"{name} '{Text(column)}' may be two days, and no row tells the day from the month; say --dates day-first or --dates month-first"
        : FieldText.NoTime(name, Text(column), example);

    /// <summary>The month of a time, as <c>2026-11</c>; empty where it is none.</summary>
    public string Month(int column) => TryTime(column, out var time) ? time.ToString("yyyy-MM", CultureInfo.InvariantCulture) : "";

    /// <summary>Why a field that must be the beginning of a bill's month is none; null for one that is, or says nothing, or may be two days.</summary>
    public string? NoMonth(string name, int column) =>
        FieldText.IsNull(Span(column)) || TryTime(column, out _) || (DateForm.TryParse(Span(column), out var form) && form.IsAmbiguous) ? null : NoTime(name, column, "day such as 2026-11-01");

    /// <summary>Days of the format are documented to be written so.</summary>
    public void Expect(DateOrder order) => _spelling.Expect(order);

    /// <summary>Two columns are the ends of a month, which can prove how days are written.</summary>
    public void NoteMonth(int start, int end) => _spelling.NoteMonth(Span(start), Span(end), LineNumber);

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
