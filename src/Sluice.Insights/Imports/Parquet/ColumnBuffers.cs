namespace Sluice.Insights.Imports.Parquet;

/// <summary>Memory that columns are read into, one after the other. It is as large as the largest of them.</summary>
internal sealed class ColumnBuffers
{
    private int[] _definitions = [];
    private int[] _repetitions = [];
    private ReadOnlyMemory<char>[] _texts = [];

    /// <summary>How much of each value's place in the schema is there: less than the column's own level is null.</summary>
    public Memory<int> Definitions(int count) => Grown(ref _definitions, count);

    /// <summary>Whether each value begins a row (0) or goes on with one.</summary>
    public Memory<int> Repetitions(int count) => Grown(ref _repetitions, count);

    public Memory<ReadOnlyMemory<char>> Texts(int count) => Grown(ref _texts, count);

    private static Memory<T> Grown<T>(ref T[] buffer, int count)
    {
        if (buffer.Length < count)
            buffer = new T[count];
        return buffer.AsMemory(0, count);
    }
}
