using System.Text;
using CsvHelper;

namespace Sluice.Insights.Imports;

/// <summary>A bill as CSV, one record at a time: fields by the names of the format, whatever the order of the columns.</summary>
internal sealed class BillTable : IDisposable
{
    private readonly CsvReader _csv;
    private readonly Dictionary<string, int> _columns = new(StringComparer.Ordinal);
    private readonly RowIdentity _identity = new();

    /// <param name="input">Owned by the caller.</param>
    /// <param name="normalise">What column names are changed by before they are looked up.</param>
    /// <param name="onMalformed">Told of every record that was left out: its line and why.</param>
    public BillTable(Stream input, Func<string, string> normalise, Action<long, string> onMalformed)
    {
        _csv = CsvReader.Create(input, CsvReaderOptions.Default with
        {
            FieldCountMismatch = CsvFieldCountHandling.Skip,
            MalformedData = CsvMalformedDataHandling.Skip,
            MaxRecordSize = 16 * 1024 * 1024,
            OnMalformedRecord = bad => onMalformed(bad.LineNumber, Reason(bad.Reason)),
            TrackLineNumbers = true,
        }, leaveOpen: true);
        Headers = [.. _csv.Headers.Select(h => h.Trim())];
        foreach (var (i, header) in Headers.Index())
            _columns.TryAdd(normalise(header), i);
    }

    /// <summary>As they stand in the file.</summary>
    public IReadOnlyList<string> Headers { get; }

    public IEnumerable<string> Columns => _columns.Keys;

    public long LineNumber => _csv.LineNumber;

    public bool Read() => _csv.Read();

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

    public ReadOnlySpan<byte> Span(int column) => column < 0 ? default : _csv.GetSpan(column);

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

    public void Dispose() => _csv.Dispose();

    private static string Reason(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.FieldCountMismatch => "it doesn't have as many values as the header has columns",
        CsvMalformedReason.UnterminatedQuote => "a quotation mark is opened and never closed",
        _ => "its quotation marks don't pair up; inside a quoted value each must be doubled",
    };
}
