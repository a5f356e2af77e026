using System.Globalization;
using CsvHelper;

namespace EndToEnd.Reconciling;

/// <summary>A CUR as rows of named fields, to plant faults into.</summary>
internal sealed class BillEdit
{
    private readonly string[] _columns;
    private readonly List<Dictionary<string, string>> _rows = [];

    public BillEdit(string file)
    {
        using var csv = CsvReader.FromFile(file);
        _columns = [.. csv.Headers];
        while (csv.Read())
            _rows.Add(_columns.Select((name, i) => (name, Value: csv.GetString(i))).ToDictionary(c => c.name, c => c.Value, StringComparer.Ordinal));
    }

    /// <summary>The rows of the usage types that have this in their name are changed.</summary>
    public BillEdit Change(string usageType, Action<Dictionary<string, string>> change)
    {
        var found = _rows.Where(r => r["line_item_usage_type"].Contains(usageType, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(found);
        found.ForEach(change);
        return this;
    }

    /// <summary>Adds changed copies of all rows.</summary>
    public BillEdit Again(Action<Dictionary<string, string>> change)
    {
        foreach (var row in _rows.ToList())
        {
            var copy = new Dictionary<string, string>(row, StringComparer.Ordinal);
            change(copy);
            _rows.Add(copy);
        }
        return this;
    }

    public static void Scale(Dictionary<string, string> row, string column, decimal factor)
    {
        if (decimal.TryParse(row[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            row[column] = (value * factor).ToString("0.##################", CultureInfo.InvariantCulture);
    }

    public void Save(string file)
    {
        using var writer = new StreamWriter(file);
        using var csv = CsvWriter.Create(writer, CsvWriterOptions.Default with { NewLine = "\n" }, leaveOpen: true);
        csv.WriteHeader(_columns);
        foreach (var row in _rows)
            csv.WriteRecord([.. _columns.Select(c => row[c])]);
    }
}
