using System.Runtime.InteropServices;

namespace Sluice.Lab.Routers.Learning;

/// <summary>A matrix whose rows hold few values that are not 0, row after row.</summary>
internal sealed class SparseRows(int width)
{
    private readonly List<int> _starts = [0];
    private readonly List<int> _columns = [];
    private readonly List<float> _values = [];

    public int Width => width;

    public int Count => _starts.Count - 1;

    /// <summary>Values so far.</summary>
    public int Length => _values.Count;

    public void Add(int column, float value)
    {
        _columns.Add(column);
        _values.Add(value);
    }

    public void EndRow() => _starts.Add(_values.Count);

    /// <summary>Multiplies all values from a place on.</summary>
    public void Scale(int start, float factor)
    {
        foreach (ref var value in CollectionsMarshal.AsSpan(_values)[start..])
            value *= factor;
    }

    public ReadOnlySpan<int> Columns(int row) => CollectionsMarshal.AsSpan(_columns)[_starts[row].._starts[row + 1]];

    public ReadOnlySpan<float> Values(int row) => CollectionsMarshal.AsSpan(_values)[_starts[row].._starts[row + 1]];

    public double Dot(int row, float[] weights)
    {
        var columns = Columns(row);
        var values = Values(row);
        var sum = 0.0;
        for (var i = 0; i < columns.Length && i < values.Length; i++)
            sum += weights[columns[i]] * values[i];
        return sum;
    }

    public void AddTo(float[] weights, int row, float factor)
    {
        var columns = Columns(row);
        var values = Values(row);
        for (var i = 0; i < columns.Length && i < values.Length; i++)
            weights[columns[i]] += factor * values[i];
    }

    public double SquaredNorm(int row)
    {
        var sum = 0.0;
        foreach (var value in Values(row))
            sum += (double)value * value;
        return sum;
    }
}
