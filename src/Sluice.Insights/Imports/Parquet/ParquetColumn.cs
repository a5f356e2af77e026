using Parquet;
using Parquet.Schema;

namespace Sluice.Insights.Imports.Parquet;

/// <summary>A column as CSV would have it: a field of the schema by its path, or a map or list as one cell of JSON.</summary>
internal abstract class ParquetColumn(string name)
{
    public string Name => name;

    /// <summary>All that must be read for it.</summary>
    public abstract IEnumerable<DataField> Fields { get; }

    /// <summary>The columns that a schema has; those of deeper nesting are none of a bill's and are left out.</summary>
    public static IEnumerable<ParquetColumn> Of(IEnumerable<Field> fields, string prefix = "")
    {
        foreach (var field in fields)
        {
            var name = prefix + field.Name;
            switch (field)
            {
                case DataField { IsArray: false } data when ColumnLeaf.Of(data) is { } leaf:
                    yield return new PlainColumn(name, leaf);
                    break;
                case StructField group:
                    foreach (var column in Of(group.Fields, name + "."))
                        yield return column;
                    break;
                case MapField { Key: DataField key, Value: DataField value } map when RepeatedColumn.Of(name, map, [key, value]) is { } column:
                    yield return column;
                    break;
                case ListField { Item: DataField item } list when RepeatedColumn.Of(name, list, [item]) is { } column:
                    yield return column;
                    break;
                case ListField { Item: StructField item } list
                    when item.Fields.All(f => f is DataField) && RepeatedColumn.Of(name, list, [.. item.Fields.Cast<DataField>()]) is { } column:
                    yield return column;
                    break;
            }
        }
    }

    public abstract Cells Read(ParquetRowGroupReader group, int rows, ColumnBuffers buffers);
}
