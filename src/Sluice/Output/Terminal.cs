using CsvHelper;
using Spectre.Console;

namespace Sluice.Output;

/// <summary>How tables and CSV reach a writer: a terminal in its own width and colours, anything else as 80 plain columns.</summary>
internal static class Terminal
{
    private const int PlainWidth = 80;

    public static IAnsiConsole For(TextWriter writer)
    {
        var isTerminal = ReferenceEquals(writer, Console.Out) && !Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        if (!isTerminal)
            console.Profile.Width = PlainWidth;
        return console;
    }

    /// <summary>A table with a plain header line; the first column may wrap, numbers stand to the right.</summary>
    public static Table Table(params ReadOnlySpan<(string Header, bool IsNumber)> columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var (header, isNumber) in columns)
        {
            var column = new TableColumn(Markup.Escape(header));
            table.AddColumn(isNumber ? column.RightAligned().NoWrap() : column);
        }
        return table;
    }

    /// <summary>Rows of CSV with a header, in the shape of RFC 4180 but for plain line feeds.</summary>
    public static void WriteCsv(TextWriter writer, string[] header, IEnumerable<string?[]> rows)
    {
        using var csv = CsvWriter.Create(writer, CsvWriterOptions.Default with { NewLine = "\n" }, leaveOpen: true);
        csv.WriteRecord(header);
        foreach (var row in rows)
            csv.WriteRecord(row!);
    }
}
