using Parquet;
using Sluice.Insights.Imports.Files;
using Sluice.Insights.Store;

namespace Sluice.Insights.Imports.Parquet;

/// <summary>
/// The rows of a Parquet file, row group by row group. A column is read when its first cell of a group is asked for, so that those which no
/// format looks at cost nothing.
/// </summary>
internal sealed class ParquetRows : ITableRows
{
    /// <summary>Bounds the memory for what one row group has of one column; writers make groups of some 100,000 rows, rarely a million.</summary>
    private const int MaxValues = 1 << 25;

    private static readonly ParquetOptions Options = new()
    {
        // Writers of old left out that their strings are such. A .NET decimal is shorter than the 38 digits that bills may have.
        TreatByteArrayAsString = true,
        UseDateOnlyTypeForDates = true,
        UseBigDecimal = true,
    };

    private readonly string _file;
    private readonly long _length;
    private readonly ParquetReader _reader;
    private readonly ParquetColumn[] _columns;
    private readonly Cells?[] _cells;
    private readonly ColumnBuffers _buffers = new();
    private ParquetRowGroupReader? _group;
    private int _groups, _row;
    private long _rows;

    /// <param name="content">Can seek; owned by the caller.</param>
    /// <param name="file">What messages call it.</param>
    /// <exception cref="InvalidDataException">It is damaged or cut off.</exception>
    /// <exception cref="ImportException">It is written in a way that isn't read.</exception>
    public ParquetRows(Stream content, string file)
    {
        (_file, _length) = (file, content.Length);
        _reader = Reading("the list of what is in it", () =>
        {
            SchemaDepth.Check(content);
            return ParquetReader.CreateAsync(content, Options).GetAwaiter().GetResult();
        });
        _columns = Reading("the schema", () => ParquetColumn.Of(_reader.Schema.Fields).ToArray());
        _cells = new Cells?[_columns.Length];
        Headers = [.. _columns.Select(c => c.Name)];
    }

    public IReadOnlyList<string> Headers { get; }

    public long LineNumber { get; private set; }

    public static bool IsParquet(PeekedStream content) => content.Peek(4).SequenceEqual("PAR1"u8);

    public bool Read()
    {
        while (++_row >= _rows)
        {
            if (_groups == _reader.RowGroupCount)
                return false;
            _group = _reader.OpenRowGroupReader(_groups++);
            (_row, _rows) = (-1, Checked(_group.RowCount, "rows"));
            Array.Clear(_cells);
        }
        LineNumber++;
        return true;
    }

    public ReadOnlySpan<byte> Span(int column)
    {
        var cells = _cells[column] ??= Reading($"column '{_columns[column].Name}' of row group {_groups}", () => Read(_columns[column]));
        return cells.At(_row);
    }

    public void Dispose() => _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private Cells Read(ParquetColumn column)
    {
        foreach (var field in column.Fields)
        {
            var chunk = _group!.GetMetadata(field)?.MetaData ?? throw new InvalidDataException("the row group lacks it");
            if (chunk.DataPageOffset < 0 || chunk.TotalCompressedSize < 0 || chunk.DataPageOffset > _length - chunk.TotalCompressedSize)
                throw new InvalidDataException("it lies beyond the end of the file");
            if (field.MaxRepetitionLevel == 0 && chunk.NumValues != _rows)
                throw new InvalidDataException($"it has {chunk.NumValues} values in {_rows} rows");
            Checked(chunk.NumValues, "values");
        }
        return column.Read(_group!, (int)_rows, _buffers);
    }

    private int Checked(long count, string what) => count switch
    {
        < 0 => throw new InvalidDataException($"row group {_groups} has {count} {what}"),
        > MaxValues => throw new ImportException(
            $"'{_file}': row group {_groups} has {count:#,0} {what} in one column, more than {MaxValues:#,0}; have the file written with smaller row groups."),
        _ => (int)count,
    };

    /// <summary>What the reader throws at a damaged file can be anything.</summary>
    private T Reading<T>(string what, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is NotSupportedException or NotImplementedException)
        {
            throw new ImportException(
                $"'{_file}': {what} is Parquet of a kind that isn't read ({e.Message}) Have it written with data pages of version 1, and compressed with snappy, gzip or zstd.", e);
        }
        catch (Exception e) when (e is not (ImportException or InvalidDataException))
        {
            throw new InvalidDataException($"{what}: {e.Message}", e);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{what}: {e.Message}", e);
        }
    }
}
