namespace Sluice.Insights.Imports.Parquet;

/// <summary>Texts, each kept once however many rows have it.</summary>
/// <param name="codes">The number of each row's text, or -1.</param>
internal sealed class TextCells(int[] codes, TextTable texts) : Cells
{
    public override ReadOnlySpan<byte> At(int row) => codes[row] < 0 ? default : texts[codes[row]];
}
