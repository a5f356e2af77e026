using Parquet;
using Parquet.Schema;

namespace Sluice.Insights.Imports.Parquet;

/// <summary>Texts.</summary>
internal sealed class TextLeaf(DataField column) : ColumnLeaf(column)
{
    public override bool IsQuoted => true;

    public override Cells Read(ParquetRowGroupReader group, int rows, ColumnBuffers buffers)
    {
        var texts = new TextTable();
        return new TextCells(Codes(group, rows, buffers, texts), texts);
    }

    public override int[] Codes(ParquetRowGroupReader group, int count, ColumnBuffers buffers, TextTable texts)
    {
        var values = buffers.Texts(count);
        Fill(group, count, buffers, values);
        var codes = Places(count, buffers) ?? [.. Enumerable.Range(0, count)];
        for (var i = 0; i < count; i++)
            codes[i] = codes[i] < 0 ? -1 : texts.CodeOf(values.Span[codes[i]]);
        values.Span.Clear();
        return codes;
    }
}
