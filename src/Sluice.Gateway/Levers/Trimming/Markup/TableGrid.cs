using System.Globalization;
using AngleSharp.Dom;

namespace Sluice.Gateway.Levers.Trimming.Markup;

/// <summary>A table as a rectangle of texts: what spans several places stands in each of them.</summary>
internal sealed record TableGrid(string? Caption, IReadOnlyList<string[]> Rows, int Width, bool HasHeader)
{
    /// <summary>The widest span that browsers allow.</summary>
    private const int MaxColumnSpan = 1000;

    /// <summary>In a longer row, pictures are not held against the words: that would take the square of its length.</summary>
    private const int MaxComparedCells = 64;

    /// <summary>Null where the table holds no text, or more cells than <see cref="TrimOptions.MaxCells"/>.</summary>
    public static TableGrid? Read(IElement table, TrimOptions options)
    {
        var rows = new List<List<Cell>>();
        var cells = 0;
        var header = default(int?);
        foreach (var group in Groups(table))
        {
            var above = new List<(Cell Cell, int RowsLeft)>();
            for (var r = 0; r < group.Count; r++)
            {
                var row = new List<Cell>();
                var own = CellsOf(group[r]);
                foreach (var (element, text) in own.Zip(TextsOf(own, options)))
                {
                    FillFromAbove(row, above);
                    var columns = Span(element, "colspan", MaxColumnSpan);
                    var down = Span(element, "rowspan", group.Count - r);
                    cells += columns;
                    if (cells > options.MaxCells)
                        return null;
                    for (var c = 0; c < columns; c++)
                    {
                        while (above.Count <= row.Count)
                            above.Add(default);
                        var cell = new Cell(text, IsCopy: c > 0);
                        above[row.Count] = (cell, down - 1);
                        row.Add(cell);
                    }
                }
                FillToTheRight(row, above);
                cells += row.Count;
                if (cells > options.MaxCells)
                    return null;
                // A row without cells of its own only repeats what spans it.
                if (own.Count > 0 && row.Exists(cell => cell.Text.Length > 0))
                    rows.Add(row);
            }
            if (rows.Count > 0)
                header ??= HeaderRows(group, rows.Count);
        }
        var width = rows.Count == 0 ? 0 : rows.Max(row => row.Count);
        if (width == 0 || (long)width * rows.Count > options.MaxCells)
            return null;
        MergeHeader(rows, header ?? 0);
        var kept = KeptColumns(rows, width, hasHeader: header > 0);
        var caption = table.Children.FirstOrDefault(c => c.LocalName == "caption" && !Elements.IsHidden(c)) is { } words ? FlatText.Of(words, options) : null;
        return new TableGrid(string.IsNullOrEmpty(caption) ? null : caption, [.. rows.Select(row => Texts(row, kept))], kept.Count, header > 0);
    }

    /// <summary>Whether the table only places things on the page: it is said to, or it holds tables and no header of its own.</summary>
    public static bool IsLayout(IElement table) =>
        table.GetAttribute("role") is "presentation" or "none"
        || (table.QuerySelector("table") is not null && !Groups(table).Any(group => group.Exists(row => row.Children.Any(c => c.LocalName == "th"))));

    /// <summary>The rows of each part of the table, which no span leaves; the foot comes last wherever it was written.</summary>
    private static IEnumerable<List<IElement>> Groups(IElement table) =>
        from part in table.Children
        where part.LocalName is "thead" or "tbody" or "tfoot" && !Elements.IsHidden(part)
        orderby part.LocalName switch { "thead" => 0, "tbody" => 1, _ => 2 }
        select part.Children.Where(c => c.LocalName == "tr" && !Elements.IsHidden(c)).ToList();

    private static List<IElement> CellsOf(IElement row) => [.. row.Children.Where(c => c.LocalName is "td" or "th" && !Elements.IsHidden(c))];

    /// <summary>The cells' texts. A picture is not named where the row says in words what it shows.</summary>
    private static IEnumerable<string> TextsOf(List<IElement> cells, TrimOptions options)
    {
        var texts = cells.ConvertAll(cell => FlatText.Read(cell, options));
        if (texts.Count > MaxComparedCells)
            return texts.Select(text => text.Text);
        return texts.Select(text => text.IsPicture && texts.Exists(other => !other.IsPicture && other.Text.Contains(text.Text, StringComparison.Ordinal)) ? "" : text.Text);
    }

    private static void FillFromAbove(List<Cell> row, List<(Cell Cell, int RowsLeft)> above)
    {
        while (row.Count < above.Count && above[row.Count] is { RowsLeft: > 0 } span)
        {
            above[row.Count] = (span.Cell, span.RowsLeft - 1);
            row.Add(span.Cell);
        }
    }

    /// <summary>Behind the row's last cell, spans from above may stand beyond places that nothing fills.</summary>
    private static void FillToTheRight(List<Cell> row, List<(Cell Cell, int RowsLeft)> above)
    {
        var last = above.FindLastIndex(span => span.RowsLeft > 0);
        while (row.Count <= last)
        {
            FillFromAbove(row, above);
            if (row.Count <= last)
                row.Add(Cell.Empty);
        }
    }

    /// <summary>A missing or unreadable span is 1; a row span of 0 goes on to the end of its group, as HTML has it.</summary>
    private static int Span(IElement cell, string name, int limit)
    {
        if (!int.TryParse(cell.GetAttribute(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var span) || span < 0)
            return 1;
        return span == 0 ? (name == "rowspan" ? limit : 1) : Math.Min(span, limit);
    }

    /// <summary>
    /// How many rows make one header: the first, if it holds nothing but header cells, and those that a cell of it reaches down to, if they hold nothing else either.
    /// </summary>
    private static int HeaderRows(List<IElement> group, int rows)
    {
        var first = CellsOf(group[0]);
        if (!IsHeader(first))
            return 0;
        var reach = first.Max(cell => Span(cell, "rowspan", group.Count));
        return reach <= rows && group.Take(reach).All(row => IsHeader(CellsOf(row))) ? reach : 1;
    }

    private static bool IsHeader(List<IElement> cells) => cells.Count > 0 && cells.TrueForAll(cell => cell.LocalName == "th");

    /// <summary>A header of several rows becomes one, so that each column is named in one place.</summary>
    private static void MergeHeader(List<List<Cell>> rows, int headerRows)
    {
        if (headerRows < 2)
            return;
        for (var c = 0; c < rows[0].Count; c++)
        {
            var levels = rows.Take(headerRows).Where(row => c < row.Count).Select(row => row[c]).ToList();
            var words = levels.Select(level => level.Text).Where(text => text.Length > 0).Distinct(StringComparer.Ordinal);
            rows[0][c] = new Cell(string.Join(' ', words), levels.TrueForAll(level => level.IsCopy));
        }
        rows.RemoveRange(1, headerRows - 1);
    }

    /// <summary>
    /// The columns that say anything of their own. One that only a header names (its pictures, or its marks of notes, are left out) is named in the header beside it.
    /// </summary>
    private static List<int> KeptColumns(List<List<Cell>> rows, int width, bool hasHeader)
    {
        bool HasOwnText(int column, int fromRow) => rows.Skip(fromRow).Any(row => column < row.Count && row[column] is { IsCopy: false, Text.Length: > 0 });

        var kept = Enumerable.Range(0, width).Where(c => HasOwnText(c, 0)).ToList();
        if (!hasHeader || rows.Count < 2 || !kept.Exists(c => HasOwnText(c, 1)))
            return kept;
        for (var k = kept.Count - 1; k >= 0; k--)
        {
            var c = kept[k];
            if (HasOwnText(c, 1) || kept.Count == 1)
                continue;
            kept.RemoveAt(k);
            if (c + 1 < rows[0].Count && rows[0][c + 1] is { IsCopy: true } copy && HasOwnText(c + 1, 1))
            {
                // The header spans both, and all that the two say stands in the second.
                rows[0][c + 1] = copy with { IsCopy = false };
                if (!kept.Contains(c + 1))
                    kept.Insert(k, c + 1);
                continue;
            }
            var beside = kept[Math.Max(k - 1, 0)];
            rows[0][beside] = rows[0][beside] with { Text = $"{rows[0][beside].Text} [empty: {rows[0][c].Text}]".TrimStart() };
        }
        return kept;
    }

    /// <summary>One row of the kept columns.</summary>
    private static string[] Texts(List<Cell> row, List<int> kept)
    {
        // A heading between rows, or a note behind them, spans what is otherwise empty and is written once.
        var isHeading = row[0].Text.Length > 0 && row.Skip(1).All(cell => cell.IsCopy ? cell.Text == row[0].Text : cell.Text.Length == 0);
        return [.. kept.Select((c, i) => c >= row.Count || (isHeading && i > 0) ? "" : row[c].Text)];
    }

    /// <param name="IsCopy">Whether it repeats, for a span, the text of the cell to its left.</param>
    private readonly record struct Cell(string Text, bool IsCopy)
    {
        public static Cell Empty { get; } = new("", false);
    }
}
