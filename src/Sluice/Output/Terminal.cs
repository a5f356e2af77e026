using System.Globalization;
using CsvHelper;

namespace Sluice.Output;

/// <summary>The writer of a command's answers: how wide it is, and how CSV is written.</summary>
internal static class Terminal
{
    /// <summary>Columns to fit in: COLUMNS where it is set, else the terminal's; null where nothing has to fit, as in a pipe or a file.</summary>
    public static int? WidthOf(TextWriter writer)
    {
        if (!ReferenceEquals(writer, Console.Out))
            return null;
        if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out var asked) && asked > 0)
            return asked;
        return Console.IsOutputRedirected || Console.WindowWidth <= 0 ? null : Console.WindowWidth;
    }

    /// <summary>A sentence, in lines that end between words.</summary>
    public static void WriteText(TextWriter writer, string text)
    {
        foreach (var line in WidthOf(writer) is { } width ? Words.Wrap(text, width) : [text])
            writer.WriteLine(line);
    }

    /// <summary>Rows of CSV with a header, in the shape of RFC 4180 but for plain line feeds. Spreadsheets run nothing of it.</summary>
    public static void WriteCsv(TextWriter writer, string[] header, IEnumerable<string?[]> rows)
    {
        using var csv = CsvWriter.Create(writer, CsvWriterOptions.Default with { NewLine = "\n" }, leaveOpen: true);
        csv.WriteRecord(header.Select(CsvCell.Of).ToArray());
        foreach (var row in rows)
            csv.WriteRecord(row.Select(CsvCell.Of).ToArray());
    }
}
