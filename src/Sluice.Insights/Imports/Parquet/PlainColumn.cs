using Parquet;
using Parquet.Schema;

namespace Sluice.Insights.Imports.Parquet;

/// <summary>A value for each row.</summary>
internal sealed class PlainColumn(string name, ColumnLeaf leaf) : ParquetColumn(name)
{
    public override IEnumerable<DataField> Fields => [leaf.Field];

    public override Cells Read(ParquetRowGroupReader group, int rows, ColumnBuffers buffers) => leaf.Read(group, rows, buffers);
}
