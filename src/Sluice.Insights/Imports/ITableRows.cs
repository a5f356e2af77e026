namespace Sluice.Insights.Imports;

/// <summary>The rows of a bill with named columns, one at a time, each cell as CSV would spell it: formats don't see where it came from.</summary>
internal interface ITableRows : IDisposable
{
    /// <summary>The columns' names as the file has them.</summary>
    IReadOnlyList<string> Headers { get; }

    /// <summary>Of the current row: in CSV the line where it begins, elsewhere the number of the row. Counts from 1.</summary>
    long LineNumber { get; }

    /// <summary>Goes to the next row; false at the end.</summary>
    bool Read();

    /// <summary>A cell of the current row in UTF-8, empty for null; valid until the next row is read.</summary>
    ReadOnlySpan<byte> Span(int column);
}
