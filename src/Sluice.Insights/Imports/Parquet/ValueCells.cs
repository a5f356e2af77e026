namespace Sluice.Insights.Imports.Parquet;

/// <summary>Numbers and times, spelled when they are asked for.</summary>
/// <param name="values">Of the rows that have one, in their order.</param>
/// <param name="places">Where each row's value is, or -1; null if every row has one.</param>
internal sealed class ValueCells<T>(T[] values, int[]? places, Spelling<T> spell) : Cells
{
    private readonly byte[] _text = new byte[Spellings.MaxBytes];

    public override ReadOnlySpan<byte> At(int row)
    {
        var place = places is null ? row : places[row];
        return place < 0 ? default : _text.AsSpan(0, Spellings.Spell(values[place], spell, _text));
    }
}
