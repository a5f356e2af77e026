using System.Text;
using CsvHelper;

namespace Sluice.Insights.Imports;

/// <summary>The rows of a CSV file. One that isn't well formed is left out, and the caller is told.</summary>
internal sealed class CsvRows : ITableRows
{
    private const int MaxRecordBytes = 16 * 1024 * 1024;

    private readonly CsvReader _csv;
    private readonly byte[][] _header;

    /// <param name="input">Owned by the caller.</param>
    /// <param name="onMalformed">Called with the line of each record that is left out, and the reason.</param>
    public CsvRows(Stream input, Action<long, string> onMalformed)
    {
        _csv = CsvReader.Create(input, CsvReaderOptions.Default with
        {
            FieldCountMismatch = CsvFieldCountHandling.Skip,
            MalformedData = CsvMalformedDataHandling.Skip,
            MaxRecordSize = MaxRecordBytes,
            OnMalformedRecord = bad => onMalformed(bad.LineNumber, Reason(bad.Reason)),
            TrackLineNumbers = true,
        }, leaveOpen: true);
        _header = [.. _csv.Headers.Select(Encoding.UTF8.GetBytes)];
        Headers = [.. _csv.Headers.Select(Clean)];
    }

    public IReadOnlyList<string> Headers { get; }

    public bool SeparatesBySemicolon => _csv.Separator == ';';

    public long LineNumber => _csv.LineNumber;

    /// <summary>Goes to the next row. The header again, where files were joined, is no row.</summary>
    public bool Read()
    {
        while (_csv.Read())
        {
            if (!IsHeader())
                return true;
        }
        return false;
    }

    public ReadOnlySpan<byte> Span(int column) => _csv.GetSpan(column);

    public void Dispose() => _csv.Dispose();

    private bool IsHeader()
    {
        for (var i = 0; i < _header.Length; i++)
        {
            if (!_csv.GetSpan(i).SequenceEqual(_header[i]))
                return false;
        }
        return true;
    }

    /// <summary>Spreadsheets and editors leave marks about a name that nobody sees.</summary>
    private static string Clean(string header) => header.Replace("\uFEFF", "", StringComparison.Ordinal).Replace('\u00A0', ' ').Trim().Trim('"', '\'').Trim();

    private static string Reason(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.FieldCountMismatch => "it doesn't have as many values as the header has columns",
        CsvMalformedReason.UnterminatedQuote => "a quotation mark is opened and never closed",
        _ => "its quotation marks don't pair up; inside a quoted value each must be doubled",
    };
}
