using CsvHelper;

namespace Sluice.Insights.Imports;

/// <summary>The rows of a CSV file. One that isn't well formed is left out, and the caller is told.</summary>
internal sealed class CsvRows : ITableRows
{
    private const int MaxRecordBytes = 16 * 1024 * 1024;

    private readonly CsvReader _csv;

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
        Headers = [.. _csv.Headers.Select(h => h.Trim())];
    }

    public IReadOnlyList<string> Headers { get; }

    public long LineNumber => _csv.LineNumber;

    public bool Read() => _csv.Read();

    public ReadOnlySpan<byte> Span(int column) => _csv.GetSpan(column);

    public void Dispose() => _csv.Dispose();

    private static string Reason(CsvMalformedReason reason) => reason switch
    {
        CsvMalformedReason.FieldCountMismatch => "it doesn't have as many values as the header has columns",
        CsvMalformedReason.UnterminatedQuote => "a quotation mark is opened and never closed",
        _ => "its quotation marks don't pair up; inside a quoted value each must be doubled",
    };
}
