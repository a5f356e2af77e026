using System.Buffers;
using System.Text;

namespace Sluice.Gateway.Levers.Trimming.Markup;

/// <summary>Writes a table for a model.</summary>
internal static class TableText
{
    private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create(",\"\r\n");

    /// <summary>No line feed at the end. In CSV the caption stands in the first cell of the header, or as a row of its own, so that the whole stays a rectangle.</summary>
    public static string Write(TableGrid grid, TableFormat format)
    {
        var text = new StringBuilder();
        if (format == TableFormat.Markdown)
            WriteMarkdown(text, grid);
        else if (grid.Caption is null)
            WriteCsv(text, grid.Rows);
        else if (grid.HasHeader)
            WriteCsv(text, [[$"{grid.Rows[0][0]} [table: {grid.Caption}]".TrimStart(), .. grid.Rows[0][1..]], .. grid.Rows.Skip(1)]);
        else
            WriteCsv(text, [[grid.Caption, .. Enumerable.Repeat("", grid.Width - 1)], .. grid.Rows]);
        return text.ToString();
    }

    private static void WriteCsv(StringBuilder text, IReadOnlyList<string[]> rows)
    {
        for (var r = 0; r < rows.Count; r++)
        {
            if (r > 0)
                text.Append('\n');
            // An empty line would read as no row at all.
            if (rows[r] is [""])
                text.Append("\"\"");
            for (var c = 0; c < rows[r].Length; c++)
            {
                if (c > 0)
                    text.Append(',');
                var cell = rows[r][c];
                if (cell.AsSpan().ContainsAny(NeedsQuotes))
                    text.Append('"').Append(cell.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
                else
                    text.Append(cell);
            }
        }
    }

    private static void WriteMarkdown(StringBuilder text, TableGrid grid)
    {
        if (grid.Caption is not null)
            text.Append(grid.Caption).Append("\n\n");
        for (var r = 0; r < grid.Rows.Count; r++)
        {
            if (r > 0)
                text.Append('\n');
            foreach (var cell in grid.Rows[r])
                text.Append("| ").Append(cell.Replace("|", "\\|", StringComparison.Ordinal)).Append(cell.Length > 0 ? " " : "");
            text.Append('|');
            if (r == 0)
                text.Append('\n').Insert(text.Length, "|-", grid.Width).Append('|');
        }
    }
}
