using Spectre.Console;

namespace Sluice.Output;

/// <summary>How tables meet a terminal, and what they do where there is none.</summary>
internal static class Terminal
{
    /// <summary>Columns to use where the output is no terminal: wide enough that no table is folded into a file.</summary>
    private const int ColumnsWithoutTerminal = 160;

    public static IAnsiConsole Over(TextWriter output)
    {
        var isTerminal = ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isTerminal)
            console.Profile.Width = ColumnsWithoutTerminal;
        return console;
    }
}
