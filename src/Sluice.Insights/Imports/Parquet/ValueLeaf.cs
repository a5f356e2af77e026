using Parquet;
using Parquet.Schema;

namespace Sluice.Insights.Imports.Parquet;

/// <summary>Numbers, times and flags.</summary>
internal sealed class ValueLeaf<T>(DataField column, Spelling<T> spell, bool isQuoted = false) : ColumnLeaf(column)
    where T : struct
{
    public override bool IsQuoted => isQuoted;

    public override Cells Read(ParquetRowGroupReader group, int rows, ColumnBuffers buffers)
    {
        var values = new T[rows];
        Fill<T>(group, rows, buffers, values);
        return new ValueCells<T>(values, Places(rows, buffers), spell);
    }

    public override int[] Codes(ParquetRowGroupReader group, int count, ColumnBuffers buffers, TextTable texts)
    {
        var cells = Read(group, count, buffers);
        var codes = new int[count];
        for (var i = 0; i < count; i++)
            codes[i] = cells.At(i) is { IsEmpty: false } text ? texts.CodeOf(text) : -1;
        return codes;
    }
}
