using Parquet;
using Parquet.Schema;

namespace Sluice.Insights.Tests.Harness;

/// <summary>Writes small Parquet files, column by column.</summary>
internal sealed class ParquetFile(int rows)
{
    private readonly List<(Field Field, Func<ParquetRowGroupWriter, Range, Task> Write)> _columns = [];

    public CompressionMethod Compression { get; init; } = CompressionMethod.Snappy;

    public int RowsOfGroup { get; init; } = int.MaxValue;

    public ParquetFile Texts(string name, Func<int, string?> value)
    {
        var field = new DataField(name, typeof(string), isNullable: true);
        _columns.Add((field, (group, range) => group.WriteAsync(field, [.. Rows(range).Select(value)!], null)));
        return this;
    }

    public ParquetFile Values<T>(string name, Func<int, T?> value, DataField? field = null)
        where T : struct
    {
        field ??= new DataField(name, typeof(T), isNullable: true);
        _columns.Add((field, (group, range) => group.WriteAsync<T>(field, Rows(range).Select(value).ToArray().AsMemory(), null, null, default)));
        return this;
    }

    public ParquetFile Values<T>(DataField field, Func<int, T?> value)
        where T : struct => Values(field.Name, value, field);

    /// <summary>Null is no map, which differs from an empty one.</summary>
    public ParquetFile Maps(string name, Func<int, (string Key, string? Value)[]?> value)
    {
        var (keys, values) = (new DataField("key", typeof(string), isNullable: false), new DataField("value", typeof(string), isNullable: true));
        _columns.Add((new MapField(name, keys, values), WritePairsAsync));
        return this;

        async Task WritePairsAsync(ParquetRowGroupWriter group, Range range)
        {
            await WriteAsync(group, keys, range, value, pair => pair.Key);
            await WriteAsync(group, values, range, value, pair => pair.Value);
        }
    }

    public async Task<byte[]> ToBytesAsync()
    {
        using var buffer = new MemoryStream();
        var schema = new ParquetSchema(_columns.Select(c => c.Field));
        await using (var writer = await ParquetWriter.CreateAsync(schema, buffer, new ParquetOptions { CompressionMethod = Compression }))
        {
            for (var from = 0; from < rows;)
            {
                var to = (int)Math.Min((long)from + RowsOfGroup, rows);
                using var group = writer.CreateRowGroup();
                foreach (var (_, write) in _columns)
                    await write(group, from..to);
                group.CompleteValidate();
                from = to;
            }
        }
        return buffer.ToArray();
    }

    private static IEnumerable<int> Rows(Range range) => Enumerable.Range(range.Start.Value, range.End.Value - range.Start.Value);

    private static Task WriteAsync(
        ParquetRowGroupWriter group, DataField field, Range range, Func<int, (string Key, string? Value)[]?> maps, Func<(string Key, string? Value), string?> part)
    {
        var (values, definitions, repetitions) = (new List<ReadOnlyMemory<char>>(), new List<int>(), new List<int>());
        foreach (var row in Rows(range))
        {
            var pairs = maps(row);
            if (pairs is not { Length: > 0 })
            {
                definitions.Add(pairs is null ? 0 : 1);
                repetitions.Add(0);
                continue;
            }
            foreach (var (i, pair) in pairs.Index())
            {
                var text = part(pair);
                if (text is not null)
                    values.Add(text.AsMemory());
                definitions.Add(text is null ? field.MaxDefinitionLevel - 1 : field.MaxDefinitionLevel);
                repetitions.Add(i == 0 ? 0 : 1);
            }
        }
        return group.WriteAllPartsAsync<ReadOnlyMemory<char>>(field, values.ToArray(), definitions.ToArray(), repetitions.ToArray(), default);
    }
}
