namespace Sluice.Insights.Imports.Parquet;

/// <summary>One column of a row group, as text.</summary>
internal abstract class Cells
{
    /// <summary>Empty for null; valid until another row of the same column is asked for.</summary>
    public abstract ReadOnlySpan<byte> At(int row);
}
