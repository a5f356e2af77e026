using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Sluice.Output;

namespace Sluice.Commands;

/// <summary>Help in which a list of commands has a line for each: what else a command has to say is in its own help.</summary>
internal sealed class CommandHelp(HelpAction inner, IReadOnlyList<CommandGroup> groups) : SynchronousCommandLineAction
{
    private const int PlainWidth = 100;

    public override bool ClearsParseErrors => true;

    public static void Use(RootCommand root, IReadOnlyList<CommandGroup> groups)
    {
        var option = root.Options.OfType<HelpOption>().Single();
        option.Action = new CommandHelp((HelpAction)option.Action!, groups);
    }

    public override int Invoke(ParseResult parseResult)
    {
        if (parseResult.CommandResult.Command is RootCommand root)
        {
            WriteRoot(root);
            return 0;
        }
        foreach (var command in parseResult.CommandResult.Command.Subcommands)
        {
            command.Description = Summary(command.Description ?? "");
            foreach (var argument in command.Arguments)
                argument.Hidden = true;
        }
        inner.MaxWidth = Terminal.WidthOf(Console.Out) ?? PlainWidth;
        return inner.Invoke(parseResult);
    }

    /// <summary>A line for each command, by what it is for; all of it fits a terminal.</summary>
    private void WriteRoot(RootCommand root)
    {
        var output = Console.Out;
        output.WriteLine(root.Description);
        output.WriteLine();
        output.WriteLine("Usage: sluice COMMAND [options]");
        output.WriteLine();
        var (title, name) = (groups.Max(g => g.Title.Length), groups.SelectMany(g => g.Commands).Max(c => c.Name.Length));
        foreach (var group in groups)
        {
            foreach (var (i, command) in group.Commands.Index())
                output.WriteLine($"{(i == 0 ? group.Title : "").PadRight(title)}  {command.Name.PadRight(name)}  {Summary(command.Description ?? "")}");
        }
        output.WriteLine();
        output.WriteLine("sluice COMMAND --help explains a command, with examples; sluice --version names the version.");
    }

    /// <summary>Every command below another, and itself.</summary>
    public static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    /// <summary>The first sentence.</summary>
    private static string Summary(string description)
    {
        var text = description.ReplaceLineEndings(" ");
        var end = text.IndexOfAny(['.', ':', ';']);
        while (end >= 0 && end + 1 < text.Length && text[end + 1] != ' ')
            end = text.IndexOfAny(['.', ':', ';'], end + 1);
        return end < 0 ? text : text[..end];
    }
}
