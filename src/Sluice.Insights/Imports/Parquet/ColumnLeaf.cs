using System.Numerics;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace Sluice.Insights.Imports.Parquet;

/// <summary>The values that a file keeps together: a plain column, or the keys or values of a column of maps.</summary>
internal abstract class ColumnLeaf(DataField column)
{
    public DataField Field { get; } = column;

    /// <summary>Whether its values stand in quotation marks in JSON.</summary>
    public abstract bool IsQuoted { get; }

    /// <returns>Null if bills have no use for values of its type.</returns>
    public static ColumnLeaf? Of(DataField field) => field.ClrType switch
    {
        var t when t == typeof(ReadOnlyMemory<char>) => new TextLeaf(field),
        var t when t == typeof(double) => new ValueLeaf<double>(field, Spellings.Plain),
        var t when t == typeof(float) => new ValueLeaf<float>(field, Spellings.Plain),
        var t when t == typeof(BigDecimal) => new ValueLeaf<BigDecimal>(field, Spellings.Number),
        var t when t == typeof(DateTime) => new ValueLeaf<DateTime>(field, Spellings.Moment, isQuoted: true),
        var t when t == typeof(DateOnly) => new ValueLeaf<DateOnly>(field, Spellings.Day, isQuoted: true),
        var t when t == typeof(bool) => new ValueLeaf<bool>(field, Spellings.Flag),
        var t when t == typeof(long) => new ValueLeaf<long>(field, Spellings.Plain),
        var t when t == typeof(int) => new ValueLeaf<int>(field, Spellings.Plain),
        var t when t == typeof(short) => new ValueLeaf<short>(field, Spellings.Plain),
        var t when t == typeof(sbyte) => new ValueLeaf<sbyte>(field, Spellings.Plain),
        var t when t == typeof(ulong) => new ValueLeaf<ulong>(field, Spellings.Plain),
        var t when t == typeof(uint) => new ValueLeaf<uint>(field, Spellings.Plain),
        var t when t == typeof(ushort) => new ValueLeaf<ushort>(field, Spellings.Plain),
        var t when t == typeof(byte) => new ValueLeaf<byte>(field, Spellings.Plain),
        var t when t == typeof(BigInteger) => new ValueLeaf<BigInteger>(field, Spellings.Plain),
        var t when t == typeof(Guid) => new ValueLeaf<Guid>(field, Spellings.Plain, isQuoted: true),
        _ => null,
    };

    /// <summary>A plain column: a value or null for each row.</summary>
    public abstract Cells Read(ParquetRowGroupReader group, int rows, ColumnBuffers buffers);

    /// <summary>A repeated column: for each place the number of its text, or -1 for null; the levels stay in the buffers.</summary>
    public abstract int[] Codes(ParquetRowGroupReader group, int count, ColumnBuffers buffers, TextTable texts);

    /// <summary>Fills the buffers, and <paramref name="values"/> with those that aren't null.</summary>
    protected void Fill<T>(ParquetRowGroupReader group, int count, ColumnBuffers buffers, Memory<T> values)
        where T : struct
    {
        var definitions = Field.MaxDefinitionLevel > 0 ? buffers.Definitions(count) : default(Memory<int>?);
        var repetitions = Field.MaxRepetitionLevel > 0 ? buffers.Repetitions(count) : default(Memory<int>?);
        group.ReadRawAsync(Field, values, definitions, repetitions).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Where the value of each place is among those that aren't null, or -1; null if none is.</summary>
    protected int[]? Places(int count, ColumnBuffers buffers)
    {
        if (Field.MaxDefinitionLevel == 0)
            return null;
        var places = new int[count];
        var next = 0;
        var definitions = buffers.Definitions(count).Span;
        for (var i = 0; i < count; i++)
            places[i] = definitions[i] == Field.MaxDefinitionLevel ? next++ : -1;
        return places;
    }
}
