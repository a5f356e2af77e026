using Sluice.Output;

namespace Sluice.Reports;

/// <summary>Writes answers as tables for people and as CSV.</summary>
internal static class ReportText
{
    public static void Write(TextWriter output, ReportQuestion question, ReportTable table, OutputFormat format, bool wide)
    {
        switch (format)
        {
            case OutputFormat.Json: output.Write(System.Text.Encoding.UTF8.GetString(ReportJson.Of(question, table))); break;
            case OutputFormat.Csv: WriteCsv(output, table); break;
            default: WriteForPeople(output, table, wide); break;
        }
    }

    public static void WriteCsv(TextWriter output, ReportTable table)
    {
        (ReportColumn Column, int Place)[] shown = [.. table.Columns.Where(c => c.IsStored).Index().Where(c => c.Item.View != ColumnView.People).Select(c => (c.Item, c.Index))];
        var totals = table.Totals.Where(t => t.InCsv is not null).Select(t => shown.Select((c, i) => i == 0 ? t.InCsv : ExactText.Of(t.Values[c.Place])).ToArray());
        Terminal.WriteCsv(output, [.. shown.Select(c => c.Column.Name)], table.Rows.Select(r => shown.Select(c => (string?)ExactText.Of(r[c.Place])).ToArray()).Concat(totals));
    }

    private static void WriteForPeople(TextWriter output, ReportTable table, bool wide)
    {
        foreach (var line in table.Lead)
            Terminal.WriteText(output, line);
        if (table.Rows.Count > 0)
            WriteRows(output, table, wide);
        else if (table.Notes.Count == 0)
            output.WriteLine("Nothing to list.");
        foreach (var line in table.Remarks.Concat(table.Notes))
            Terminal.WriteText(output, line);
        foreach (var section in table.Sections.Where(s => s is { Title: not null, Table.Rows.Count: > 0 }))
        {
            Terminal.WriteText(output, section.Title!);
            WriteRows(output, section.Table, wide);
        }
        if (table.NextCursor is { } cursor)
            output.WriteLine($"There are more: --cursor {cursor}");
    }

    /// <summary>The rows and totals alone.</summary>
    public static void WriteRows(TextWriter output, ReportTable table, bool wide)
    {
        ReportColumn[] shown = [.. table.Columns.Where(c => IsShown(table, c))];
        var listing = new Listing([.. shown.Select(c => c.Heading)]);
        foreach (var row in table.Rows)
            listing.Add([.. shown.Select(c => Cell(table, c, row))]);
        foreach (var total in table.Totals.Where(t => t.IsForPeople))
        {
            object?[] cells = [.. shown.Select(c => Cell(table, c, total.Values) ?? (c.IsSum ? null : ""))];
            cells[0] = total.Title;
            HashSet<int> summed = [.. table.Rows.Index().Where(r => total.Sums is null || total.Sums(r.Item)).Select(r => r.Index)];
            listing.AddTotal(cells, summed);
        }
        listing.Write(output, OutputFormat.Table, wide: wide);
    }

    private static bool IsShown(ReportTable table, ReportColumn column) => column.View switch
    {
        ColumnView.All or ColumnView.People => true,
        ColumnView.PeopleIfAny => table.Rows.Any(r => !IsNothing(table.Value(r, column.Name))),
        _ => false,
    };

    private static bool IsNothing(object? value) => value is null or 0L or 0 or 0m or 0d or "" or false || value is Core.Money { Usd: 0 };

    private static object? Cell(ReportTable table, ReportColumn column, object?[] row)
    {
        if (column.Derived is { } derived)
            return derived(new ReportRow(table.Columns, row));
        var value = table.Value(row, column.Name);
        return column.ForPeople is { } shown ? shown(value)
            : value is decimal amount && column.Type == ColumnType.Amount ? new Amount(amount)
            : value is DateTimeOffset moment ? TimeSpot.Text(moment)
            : value;
    }
}
