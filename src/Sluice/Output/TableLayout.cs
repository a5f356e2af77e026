namespace Sluice.Output;

/// <summary>
/// Puts columns side by side. Without a width, each row is one line. To fit a width, a table says once what every row
/// has, then abbreviates counts, wraps prose between words and leaves out columns of counts, the emptiest first; what still
/// doesn't fit becomes a record for each row.
/// No word, id or number is ever broken.
/// </summary>
internal static class TableLayout
{
    private const string Gap = "  ";

    public static void Write(TextWriter output, IReadOnlyList<TableColumn> columns, int? width)
    {
        List<TableColumn> shown = [.. columns.Where(c => !c.IsEmpty)];
        List<string> notes = [];
        if (shown.Count < columns.Count && shown.Count > 0)
            notes.Add($"Empty in every row: {string.Join(", ", columns.Where(c => c.IsEmpty).Select(c => c.Header))}.");
        if (shown.Count == 0)
            shown = [.. columns];
        if (width is { } limit && Total(shown, c => c.NaturalWidth) > limit)
        {
            if (shown.Exists(c => c.Constant is not null) && shown.Exists(c => c.Constant is null))
            {
                notes.Insert(0, $"In every row: {string.Join(", ", shown.Where(c => c.Constant is not null).Select(c => $"{c.Header} {c.Constant}"))}.");
                shown.RemoveAll(c => c.Constant is not null);
            }
            if (Total(shown, c => c.NaturalWidth) > limit)
                shown = [.. shown.Select(c => c with { Cells = c.Abbreviated ?? c.Cells })];
        }
        var fitting = width is null ? shown : Fitting(shown, width.Value);
        if (fitting.Count == 0)
            WriteRecords(output, shown, width!.Value);
        else
            WriteRows(output, fitting, Widths(fitting, width));
        if (fitting.Count > 0 && fitting.Count < shown.Count)
            notes.Add($"Left out, as there is no room: {string.Join(", ", shown.Except(fitting).Select(c => c.Header))}; --format csv has them.");
        foreach (var line in notes.SelectMany(n => width is { } w ? Words.Wrap(n, w) : [n]))
            output.WriteLine(line);
    }

    private static int Total(List<TableColumn> columns, Func<TableColumn, int> width) => columns.Sum(width) + (columns.Count - 1) * Gap.Length;

    /// <summary>Without as many of the counts as it takes to fit; none where that isn't enough.</summary>
    private static List<TableColumn> Fitting(List<TableColumn> columns, int limit)
    {
        List<TableColumn> kept = [.. columns];
        while (Total(kept, c => c.LeastWidth) > limit)
        {
            if (kept.Where(c => c.Counts is not null).Reverse().MinBy(c => c.Counts) is not { } emptiest || kept.Count == 1)
                return [];
            kept.Remove(emptiest);
        }
        return kept;
    }

    /// <summary>The widest of the columns that can give way does, until all fit.</summary>
    private static int[] Widths(List<TableColumn> columns, int? limit)
    {
        int[] widths = [.. columns.Select(c => c.NaturalWidth)];
        int[] least = [.. columns.Select(c => c.LeastWidth)];
        for (var over = Total(columns, c => c.NaturalWidth) - (limit ?? int.MaxValue); over > 0; over--)
            widths[Enumerable.Range(0, widths.Length).Where(i => widths[i] > least[i]).MaxBy(i => widths[i])]--;
        return widths;
    }

    private static void WriteRows(TextWriter output, List<TableColumn> columns, int[] widths)
    {
        WriteLines(output, columns, widths, c => c.Header);
        output.WriteLine(new string('─', widths.Sum() + (widths.Length - 1) * Gap.Length));
        for (var row = 0; row < columns[0].Cells.Count; row++)
            WriteLines(output, columns, widths, c => c.Cells[row]);
    }

    private static void WriteLines(TextWriter output, List<TableColumn> columns, int[] widths, Func<TableColumn, string> cell)
    {
        string[][] cells = [.. columns.Select((c, i) => Words.Wrap(cell(c), widths[i]).ToArray())];
        for (var line = 0; line < cells.Max(c => c.Length); line++)
        {
            var texts = columns.Select((c, i) => Words.Pad(line < cells[i].Length ? cells[i][line] : "", widths[i], c.IsNumber));
            output.WriteLine(string.Join(Gap, texts).TrimEnd());
        }
    }

    private static void WriteRecords(TextWriter output, List<TableColumn> columns, int width)
    {
        var names = columns.Max(c => Words.Width(c.Header));
        for (var row = 0; row < columns[0].Cells.Count; row++)
        {
            if (row > 0)
                output.WriteLine();
            foreach (var column in columns)
            {
                var lead = Words.Pad(column.Header, names, right: false);
                foreach (var line in Words.Wrap(column.Cells[row], Math.Max(1, width - names - Gap.Length)))
                {
                    output.WriteLine((lead + Gap + line).TrimEnd());
                    lead = new string(' ', names);
                }
            }
        }
    }
}
