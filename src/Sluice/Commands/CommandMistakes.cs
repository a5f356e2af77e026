using System.CommandLine;
using System.CommandLine.Parsing;
using Sluice.Core;

namespace Sluice.Commands;

/// <summary>What is wrong with a command line, in a line for each mistake and with the word that was probably meant.</summary>
internal static class CommandMistakes
{
    public static IEnumerable<string> Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var words = string.Join(' ', Path(parsed));
        foreach (var word in parsed.UnmatchedTokens)
        {
            var isOption = word.StartsWith('-');
            var names = isOption ? OptionNames(parsed) : command.Subcommands.Select(c => c.Name);
            var what = isOption ? $"{words} has no option '{word}'" : command.Subcommands.Count > 0 ? $"There is no command '{words} {word}'" : $"{words} takes no '{word}'";
            yield return NearestName.Of(word, names) is { } near ? $"{what}; did you mean '{near}'?" : $"{what}.";
        }
        if (parsed.UnmatchedTokens.Count == 0 && command.Subcommands.Count > 0 && command.Action is null)
            yield return $"{words} needs one of its commands: {string.Join(", ", command.Subcommands.Select(c => c.Name))}.";
        // Of words that it doesn't know, the parser's own messages say less than those above.
        foreach (var error in parsed.Errors.Where(e => e.SymbolResult is not CommandResult || (parsed.UnmatchedTokens.Count == 0 && command.Subcommands.Count == 0)))
            yield return error.Message;
        if (Range(parsed) is { } reversed)
            yield return reversed;
    }

    /// <summary>The words of the command, <c>sluice</c> first.</summary>
    public static IEnumerable<string> Path(ParseResult parsed)
    {
        var words = new Stack<string>();
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult { Command: not RootCommand } command; result = command.Parent)
            words.Push(command.Command.Name);
        words.Push("sluice");
        return words;
    }

    /// <summary>A range of time that can hold nothing.</summary>
    private static string? Range(ParseResult parsed)
    {
        var moments = parsed.CommandResult.Command.Options.OfType<Option<DateTimeOffset?>>().ToDictionary(o => o.Name, StringComparer.Ordinal);
        return parsed.Errors.Count == 0 && moments.TryGetValue("--from", out var from) && moments.TryGetValue("--to", out var to)
            && parsed.GetValue(from) is { } first && parsed.GetValue(to) is { } end && end <= first
            ? $"--to {end:yyyy-MM-dd'T'HH:mm'Z'} is not after --from {first:yyyy-MM-dd'T'HH:mm'Z'}; --to is the first moment no longer in the range."
            : null;
    }

    private static IEnumerable<string> OptionNames(ParseResult parsed)
    {
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult command; result = command.Parent)
        {
            foreach (var option in command.Command.Options.Where(o => result == parsed.CommandResult || o.Recursive))
                yield return option.Name;
        }
    }
}
