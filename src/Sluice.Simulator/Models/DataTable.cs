using System.Globalization;
using CsvHelper;

namespace Sluice.Simulator.Models;

/// <summary>Reads the tables of dated facts that are built into the assembly; a line that starts with <c>#</c> is a remark.</summary>
internal static class DataTable
{
    public static List<T> Read<T>(string name, Func<CsvReader, T> row)
    {
        using var stream = typeof(DataTable).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly lacks its table {name}.");
        using var text = new StreamReader(stream);
        using var csv = CsvReader.Create(text, CsvReaderOptions.Default with { Separator = ',', CommentPrefix = '#' }, leaveOpen: true);
        var rows = new List<T>();
        while (csv.Read())
            rows.Add(row(csv));
        return rows;
    }

    /// <summary>The field as it stands; empty where the row leaves it out.</summary>
    public static string Text(this CsvReader csv, string column) => csv.GetString(column);

    public static int Int(this CsvReader csv, string column) => int.Parse(csv.Text(column), CultureInfo.InvariantCulture);

    public static bool Yes(this CsvReader csv, string column) => csv.Text(column) == "yes";

    /// <summary>Whether an id fits a pattern: equal to it, or with its beginning where the pattern ends in <c>*</c>.</summary>
    public static bool Fits(string pattern, string id) =>
        pattern.EndsWith('*') ? id.AsSpan().StartsWith(pattern.AsSpan()[..^1], StringComparison.Ordinal) : pattern == id;
}
