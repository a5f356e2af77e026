namespace Sluice.Output;

/// <summary>A table whose cells are text already, such as prices with their units.</summary>
internal sealed class TextTable(params (string Header, bool IsNumber)[] columns)
{
    private readonly List<string[]> _rows = [];

    public bool IsEmpty => _rows.Count == 0;

    public void AddRow(params string[] cells) => _rows.Add([.. cells.Select(Words.Printable)]);

    public void Write(TextWriter output) => TableLayout.Write(
        output,
        [.. columns.Select((c, i) => new TableColumn { Header = c.Header, IsNumber = c.IsNumber, Cells = [.. _rows.Select(r => r[i])] })],
        Terminal.WidthOf(output));
}
