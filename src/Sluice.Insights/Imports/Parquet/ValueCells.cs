namespace Sluice.Insights.Imports.Parquet;

/// <summary>Numbers and times, spelled when they are asked for.</summary>
/// <param name="values">Of the rows that have one, in their order.</param>
/// <param name="places">Where each row's value is, or -1; null if every row has one.</param>
internal sealed class ValueCells<T>(T[] values, int[]? places, Spelling<T> spell) : Cells
    where T : struct
{
    private readonly byte[] _text = new byte[Spellings.MaxBytes];
    private T? _spelled;
    private int _length;

    public override ReadOnlySpan<byte> At(int row)
    {
        var place = places is null ? row : places[row];
        if (place < 0)
            return default;
        // A cell is asked for several times, and many rows have the time of the one before.
        if (_spelled is not { } last || !EqualityComparer<T>.Default.Equals(last, values[place]))
            (_length, _spelled) = (Spellings.Spell(values[place], spell, _text), values[place]);
        return _text.AsSpan(0, _length);
    }
}
